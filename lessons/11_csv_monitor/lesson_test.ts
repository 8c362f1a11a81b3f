import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
import { type Reading, readReadings } from "../../lib/csv.ts";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import type { Process } from "../../testing/processes.ts";
import { smallDiskTest } from "../../testing/small_disk.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { publishWithPaho } from "../../testing/clients/paho.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const CONNECTED = "Connected with result code 0\n";

/** Starts sensor_subscriber beside a file, and waits until it is subscribed. */
async function startRecording(
  url: string,
  file: string,
  args: string[] = [],
): Promise<Process> {
  const recorder = lesson.start("sensor_subscriber", {
    url,
    folder: dirname(file),
    args,
  });
  await recorder.untilPrinted(CONNECTED);
  return recorder;
}

/** Ends a recording once it has taken a last message that is no number. */
async function endRecording(recorder: Process): Promise<string> {
  await recorder.untilLogged('"that is all"');
  const { code, stdout, stderr } = await recorder.stop();
  assertEquals({ code, stdout }, { code: 0, stdout: CONNECTED });
  return stderr;
}

async function readTopicsAndValues(
  path: string,
): Promise<Omit<Reading, "time">[]> {
  const readings = await Array.fromAsync(readReadings(path));
  return readings.map(({ topic, value }) => ({ topic, value }));
}

test.anyBroker("sensor_subscriber appends time, topic and value to sensorvalues.csv", async (broker) => {
  await using temporary = await temporaryFile();
  const { file } = temporary;
  await Deno.writeTextFile(
    file,
    "2026-11-21 09:30:00.123456,iot/user1/temp,20.0\n",
  );
  await using recorder = await startRecording(broker.url, file);
  await using publisher = await openClient(broker.url);
  const before = Date.now();
  await publisher.publish("iot/user1/temp", "6.5");
  await publisher.publish("iot/user1/dust", "1e-3");
  await publisher.publish("other/user1/temp", "7");
  await publisher.publish("iot/greeting", "hello");
  await publisher.publish("iot", "-2");
  await publisher.publish("iot/end", "that is all");
  const errors = await endRecording(recorder);

  const path = await Deno.realPath(file);
  assertEquals(errors.split("\n"), [
    `Recording to ${path}: Ctrl-C ends`,
    'Payload that is not a number is ignored: "hello" on "iot/greeting"',
    'Payload that is not a number is ignored: "that is all" on "iot/end"',
    `Wrote 3 rows to ${path}`,
    "In all, 2 payloads were ignored",
    "",
  ]);
  const [, ...rows] = (await Deno.readTextFile(file)).split("\n");
  const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}/;
  for (const row of rows.slice(0, -1)) assertMatch(row, time);
  assertEquals(rows.map((row) => row.replace(time, "")), [
    ",iot/user1/temp,6.5\r",
    ",iot/user1/dust,0.001\r",
    ",iot,-2\r",
    "",
  ]);
  const [old, ...readings] = await Array.fromAsync(readReadings(file));
  assertEquals(old?.value, 20);
  for (const { time } of readings) {
    const seconds = (time.getTime() - before) / 1000;
    assert(seconds > -1 && seconds < 60, `${seconds} s after the publish`);
  }
});

test.anyBroker("sensor_subscriber records to the file that it is given", async (broker) => {
  await using temporary = await temporaryFile("today.csv");
  const { file } = temporary;
  await using recorder = await startRecording(broker.url, file, [
    "today.csv",
  ]);
  await using publisher = await openClient(broker.url);
  await publisher.publish("iot/user1/humi", "40");
  await publisher.publish("iot/end", "that is all");
  await endRecording(recorder);
  assertEquals(await readTopicsAndValues(file), [
    { topic: "iot/user1/humi", value: 40 },
  ]);
  assertEquals(Array.from(Deno.readDirSync(dirname(file))).length, 1);
});

Deno.test("sensor_subscriber says what it can't do", async () => {
  await using temporary = await temporaryFile();
  const folder = dirname(temporary.file);
  await using broker = await startBroker({ port: 0, users: { ann: "x" } });
  const run = (file: string) =>
    lesson.run("sensor_subscriber", { url: broker.url, folder, args: [file] });
  assertEquals(await run("none/values.csv"), {
    code: 1,
    stdout: "",
    stderr: 'Folder "none" of "none/values.csv" does not exist\n',
  });
  assertEquals(await run("."), {
    code: 1,
    stdout: "",
    stderr: '"." is a folder, not a file\n',
  });
  const { code, stdout, stderr } = await run("values.csv");
  assertEquals({ code, stdout }, {
    code: 1,
    stdout: "Connected with result code 5\n연결 실패:  5\n",
  });
  assertMatch(stderr, /^Broker at .* refused the connection: not authorized/m);
});

smallDiskTest(
  "sensor_subscriber ends when the disk is full",
  async (folder) => {
    await using broker = await startBroker({ port: 0 });
    const file = `${folder}/sensorvalues.csv`;
    await using recorder = await startRecording(broker.url, file);
    await using publisher = await openClient(broker.url);
    // A row has more than 40 bytes, and the disk 16 KiB.
    for (let count = 0; count < 400; count++) {
      publisher.client.publish("iot/user1/temp", `${count}`);
    }
    await recorder.untilLogged("No space left on device");
    const { code, stderr } = await recorder.end();
    assertEquals({ code, lines: stderr.split("\n").length }, {
      code: 1,
      lines: 3,
    });
  },
);

const COUNTS = "Publisher first: 100 published, 0 received\n" +
  "Subscriber first: 100 published, 100 received\n";

test.anyBroker(
  "who_is_first loses what is published before anyone subscribes",
  async (broker) => {
    await using subscriber = await openClient(broker.url);
    await subscriber.subscribe("#");
    const result = await lesson.run("who_is_first", broker);
    assertEquals(result, { code: 0, stdout: COUNTS, stderr: "" });
    const texts = (await subscriber.untilReceived(202)).map(({ text }) => text);
    const round = [...Array.from({ length: 100 }, (_, n) => `${n + 1}`), "end"];
    assertEquals(texts, [...round, ...round]);
  },
  { needs: ["what `#` at QoS 0 brings of QoS 1: once"] },
);

test.overMosquitto("who_is_first counts the same over mosquitto", async (mosquitto) => {
  const { stdout } = await lesson.run("who_is_first", mosquitto);
  assertEquals(stdout, COUNTS);
});

test.pahoOverMosquitto("sensor_subscriber records what paho publishes over mosquitto", async ({ url }) => {
  await using temporary = await temporaryFile();
  const { file } = temporary;
  await using recorder = await startRecording(url, file);
  // The last digits are those that Python's random.uniform gives.
  const values = new Map([
    ["iot/user1/temp", 8.356011931338088],
    ["iot/user1/humi", 59.03443404334722],
    ["iot/user1/illu", 38.74270395848947],
    ["iot/user1/dust", 0.318880026162484],
  ]);
  await publishWithPaho(url, [
    ...Array.from(values, ([topic, value]): [string, string] => [
      topic,
      `${value}`,
    ]),
    ["iot/end", "that is all"],
  ]);
  await endRecording(recorder);
  assertEquals(
    await readTopicsAndValues(file),
    Array.from(values, ([topic, value]) => ({ topic, value })),
  );
});
