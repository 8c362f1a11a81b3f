import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { readReadings } from "../../lib/csv.ts";
import { messages, startBroker } from "../../lib/mod.ts";
import { runCommand, startCommand } from "../../testing/project/commands.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { test } from "../../testing/test_programs.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";

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

peerTest(
  ["mosquitto", "mosquitto_sub"],
  "sensors is received by mosquitto_sub",
  async ({ mosquitto_sub }) => {
    await using mosquitto = await startMosquitto();
    await using subscriber = startProcess(mosquitto_sub, [
      ...["-p", `${mosquitto.port}`, "-h", "127.0.0.1", "-t", "iot/user1/#"],
      ...["-v", "-C", "20"],
    ]);
    await using sensors = startCommand("sensors", [
      "-h",
      mosquitto.url,
      "--speed",
      "50",
    ]);
    const { code, stdout } = await subscriber.end();
    assertEquals(code, 0);
    const topics = new Set(
      stdout.trim().split("\n").map((line) => line.split(" ")[0]),
    );
    assertEquals(
      [...topics].sort(),
      ["dust", "humi", "illu", "temp"].map((name) => `iot/user1/${name}`),
    );
    assertEquals((await sensors.stop()).code, 0);
  },
);

test.unix("sensors says once each way that the broker went and came back, and ends on SIGINT", async () => {
  const broker = await startBroker({ port: 0 });
  await using sensors = startCommand("sensors", [
    "-h",
    broker.url,
    "--speed",
    "50",
  ]);
  await sensors.untilPrinted("iot/user1/temp");
  await broker.close();
  await sensors.untilLogged("lost");
  await using again = await startBroker({ port: broker.port });
  const source = messages(again.url, "iot/#");
  await within("a reading after the restart", source.next(), 30_000);
  await source.return();
  const { code, stderr } = await sensors.stop("SIGINT");
  assertEquals(code, 0);
  assertEquals(stderr.trim().split("\n").length, 2, stderr);
  assertStringIncludes(stderr, "again after");
});
