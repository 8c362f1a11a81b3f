import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
import { readReadings } from "../../lib/csv.ts";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import type { Process } from "../../testing/processes.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { publishWithPaho } from "../../testing/clients/paho.ts";
import {
  type TemporaryFile,
  temporaryFile,
} from "../../testing/temporary_file.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const CONNECTED = "Connected with result code 0\n";
const MENU = "0)온도 1)습도 2)조도 3)미세먼지 4)종료\n";
/** The choices in the menu's order, with the last level of their topics. */
const SENSORS: [name: string, key: string][] = [
  ["온도", "temp"],
  ["습도", "humi"],
  ["조도", "illu"],
  ["미세먼지", "dust"],
];
const NOTHING = SENSORS
  .map(([name]) => `평균 ${name}: 아직 측정값이 없습니다\n${MENU}`)
  .join("");

/** Starts the monitor beside a file, and waits until it shows its menu. */
async function startMonitor(
  url: string,
  { file }: TemporaryFile,
): Promise<Process> {
  const folder = dirname(file);
  const monitor = lesson.start("monitor_app", { url, folder });
  await monitor.untilPrinted(MENU);
  return monitor;
}

/** Waits until the monitor has taken a last message that is no number. */
async function untilTaken(monitor: Process): Promise<void> {
  await monitor.untilLogged('"that is all"');
}

/** The values that the file has for a sensor. */
async function readValues(file: string, key: string): Promise<number[]> {
  const readings = await Array.fromAsync(readReadings(file));
  return readings
    .filter(({ topic }) => topic.endsWith(`/${key}`))
    .map(({ value }) => value);
}

/** What the monitor prints if it is asked for each sensor, says the file. */
async function meansOf({ file }: TemporaryFile): Promise<string> {
  let text = "";
  for (const [name, key] of SENSORS) {
    const values = await readValues(file, key);
    const sum = values.reduce((sum, value) => sum + value, 0);
    text += `평균 ${name}: ${sum / values.length}\n${MENU}`;
  }
  return text;
}

test.broker("monitor_app prints the means of the rows in its file", async (broker) => {
  await using temporary = await temporaryFile();
  await using monitor = await startMonitor(broker.url, temporary);
  await using publisher = await openClient(broker.url);
  await monitor.write("0\n1\n2\n3\n");
  await monitor.untilPrinted(CONNECTED + MENU + NOTHING);
  // A hundred values each, of two users; and what isn't to be counted.
  for (let count = 0; count < 100; count++) {
    for (const [, key] of SENSORS) {
      const topic = `iot/user${count % 2}/${key}`;
      await publisher.publish(topic, `${Math.random() * 100}`);
    }
    await publisher.publish("iot/user1/co2", `${count}`);
  }
  await publisher.publish("iot/user1/temp", "warm");
  await publisher.publish("iot/user1/temp", "that is all");
  await untilTaken(monitor);
  await monitor.write("0\r\n1\r\n2\r\n3\r\n4\r\n");
  const { code, stdout, stderr } = await monitor.end();
  assertEquals(code, 0);
  for (const [, key] of SENSORS) {
    assertEquals((await readValues(temporary.file, key)).length, 100);
  }
  assertEquals((await readValues(temporary.file, "co2")).length, 100);
  const means = await meansOf(temporary);
  assertEquals(stdout, CONNECTED + MENU + NOTHING + means);
  assertMatch(means, /^평균 온도: \d+\.\d+\n/);
  assertEquals(stderr.split("\n"), [
    `Recording to ${await Deno.realPath(temporary.file)}`,
    'Handler failed on iot/user1/temp: Payload of iot/user1/temp is not a number: "warm"',
    'Handler failed on iot/user1/temp: Payload of iot/user1/temp is not a number: "that is all"',
    "",
  ]);
});

test.broker("monitor_app tells a mean of 0 from a mean of nothing", async (broker) => {
  await using temporary = await temporaryFile();
  await using monitor = await startMonitor(broker.url, temporary);
  await using publisher = await openClient(broker.url);
  for (const text of ["-1", "1", "that is all"]) {
    await publisher.publish("iot/user1/temp", text);
  }
  await untilTaken(monitor);
  await monitor.write("0");
  const { code, stdout } = await monitor.end();
  assertEquals({ code, stdout }, {
    code: 0,
    stdout: `${CONNECTED}${MENU}평균 온도: 0\n${MENU}`,
  });
});

test.broker("monitor_app asks again for what it doesn't know, and ends with its input", async (broker) => {
  await using temporary = await temporaryFile();
  await using monitor = await startMonitor(broker.url, temporary);
  await monitor.write("5\nexit\n");
  const { code, stdout, stderr } = await monitor.end();
  assertEquals({ code, stdout }, {
    code: 0,
    stdout: CONNECTED + MENU.repeat(3),
  });
  assertEquals(stderr.split("\n").slice(1), [
    'Choice "5" is unknown: type a number from 0 to 4',
    'Choice "exit" is unknown: type a number from 0 to 4',
    "",
  ]);
});

Deno.test("monitor_app disconnects cleanly, whatever ends it", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    port: 0,
    log: (line) => lines.push(line),
  });
  await using temporary = await temporaryFile();
  const endings: ((monitor: Process) => void | Promise<void>)[] = [
    (monitor) => monitor.write("4\n"),
    (monitor) => monitor.kill("SIGINT"),
    (monitor) => monitor.kill("SIGTERM"),
  ];
  for (const end of endings) {
    await using monitor = lesson.start("monitor_app", {
      url: broker.url,
      folder: dirname(temporary.file),
      trace: true,
    });
    await monitor.untilPrinted(MENU);
    await end(monitor);
    // Before its input ends.
    await monitor.untilLogged("→ DISCONNECT");
    const { code, stdout } = await monitor.end();
    assertEquals({ code, stdout }, { code: 0, stdout: CONNECTED + MENU });
  }
});

Deno.test("monitor_app says that it is refused, or that its file is", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "x" } });
  await using temporary = await temporaryFile();
  const run = (file: string) =>
    lesson.run("monitor_app", {
      url: broker.url,
      folder: dirname(temporary.file),
      args: [file],
    });
  assertEquals(await run("none/values.csv"), {
    code: 1,
    stdout: "",
    stderr: 'Folder "none" of "none/values.csv" does not exist\n',
  });
  const { code, stdout, stderr } = await run("values.csv");
  assertEquals({ code, stdout }, {
    code: 1,
    stdout: "Connected with result code 5\n연결 실패:  5\n",
  });
  assertMatch(stderr, /^Broker at .* refused the connection: not authorized/m);
});

test.pahoOverMosquitto("monitor_app prints the means of what paho publishes over mosquitto", async ({ url }) => {
  await using temporary = await temporaryFile();
  await using monitor = await startMonitor(url, temporary);
  await publishWithPaho(url, [
    ["iot/user1/temp", "3.558584102650860"],
    ["iot/user1/temp", "9.163693124824698"],
    ["iot/user1/humi", "32.06342540786409"],
    ["iot/user1/illu", "71"],
    ["iot/user1/dust", "0.5"],
    ["iot/user1/dust", "that is all"],
  ]);
  await untilTaken(monitor);
  await monitor.write("0\n1\n2\n3\n4\n");
  const { code, stdout } = await monitor.end();
  const means = await meansOf(temporary);
  assertEquals({ code, stdout }, {
    code: 0,
    stdout: CONNECTED + MENU + means,
  });
  assert(means.startsWith("평균 온도: 6.361138613737779\n"), means);
});
