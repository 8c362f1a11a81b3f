import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { readReadings } from "../../lib/csv.ts";
import { startBroker } from "../../lib/mod.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { test } from "../../testing/test_programs.ts";

const NO_BROKER = { WORKBOOK_LOCAL_BROKER: "127.0.0.1:1" };
const RANGES: Record<string, [number, number]> = {
  "iot/user1/temp": [3, 10],
  "iot/user1/humi": [20, 60],
  "iot/user1/illu": [20, 80],
  "iot/user1/dust": [0, 1],
};

async function countRows(file: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const { topic, value } of readReadings(file)) {
    const [least, greatest] = RANGES[topic]!;
    assert(least <= value && value <= greatest, `${topic} ${value}`);
    counts.set(topic, (counts.get(topic) ?? 0) + 1);
  }
  return counts;
}

Deno.test("start records four sensors on the embedded broker", async () => {
  await using temporary = await temporaryFile();
  const { file } = temporary;
  const { code, stdout, stderr } = await runCommand(
    "start",
    ["--speed", "100", "--seconds", "1", "--out", file],
    NO_BROKER,
  );
  assertEquals(code, 0, stderr);
  assertMatch(
    stderr,
    /^No broker at \S+ yet: starting one\nUsing an embedded broker at mqtt:\/\/127\.0\.0\.1:\d+\n/,
  );
  const counts = await countRows(file);
  assertEquals([...counts.keys()].sort(), Object.keys(RANGES).sort());
  const rows = [...counts.values()].reduce((sum, count) => sum + count);
  assertStringIncludes(stdout, `Wrote ${rows} rows to ${file}`);
  for (const [topic, count] of counts) {
    const readings = stdout.split("\n").filter((line) =>
      line.startsWith(`${topic}  `) && line.split(/ +/).length === 2
    );
    assertEquals(readings.length, count);
    const summary = stdout.split("\n").map((line) => line.split(/ +/))
      .find(([name, ...cells]) => name === topic && cells.length === 4);
    assertEquals(summary?.[1], String(count));
  }
});

Deno.test("start reads each sensor at once, on the broker at MQTT_URL", async () => {
  await using temporary = await temporaryFile();
  const connected: string[] = [];
  await using broker = await startBroker({
    port: 0,
    log: (line) => connected.push(line),
  });
  const { code, stderr } = await runCommand(
    "start",
    // At this speed, hours go by before the first interval ends.
    ["--speed", "0.001", "--seconds", "0.5", "--out", temporary.file],
    { MQTT_URL: broker.url },
  );
  assertEquals([code, stderr], [0, ""]);
  assert(connected.some((line) => line.includes("connected")));
  const one = Object.keys(RANGES).map((topic): [string, number] => [topic, 1]);
  assertEquals(await countRows(temporary.file), new Map(one));
});

test.unix("start writes what it has received when Ctrl-C ends it", async () => {
  await using temporary = await temporaryFile();
  const { file } = temporary;
  const args = ["--speed", "100", "--out", file];
  await using start = startCommand("start", args, NO_BROKER);
  await start.untilPrinted("iot/user1/dust");
  const { code, stdout } = await start.stop("SIGINT");
  assertEquals(code, 0);
  const counts = await countRows(file);
  const rows = [...counts.values()].reduce((sum, count) => sum + count);
  assertStringIncludes(stdout, `Wrote ${rows} rows`);
});

Deno.test("start says that the broker refuses a wrong password", async () => {
  await using temporary = await temporaryFile();
  await using broker = await startBroker({ port: 0, users: { info: "right" } });
  const { code, stderr } = await runCommand(
    "start",
    ["--out", temporary.file],
    { MQTT_URL: broker.url.replace("//", "//info:wrong@") },
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "bad user name or password (code 4)");
  assertEquals(stderr.trim().split("\n").length, 1);
});
