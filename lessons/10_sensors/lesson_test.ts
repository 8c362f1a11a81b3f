import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { lessonAt, tracedPackets } from "../../testing/project/lessons.ts";
import { subscribeWithPaho } from "../../testing/clients/paho.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);

/** The document's sensors: seconds, range and topic. */
const SENSORS: [number, [number, number], string][] = [
  [5, [3, 10], "iot/user1/temp"],
  [7, [20, 60], "iot/user1/humi"],
  [10, [20, 80], "iot/user1/illu"],
  [12, [0, 1], "iot/user1/dust"],
];
const [TEMP] = SENSORS;
const STOPPABLE = ["one_sensor", "four_sensors"];

function rangeOf(topic: string): [number, number] {
  const [, range] = SENSORS.find(([, , name]) => name === topic)!;
  return range;
}

/** Reads lines such as `iot/user1/temp 6.5`, and checks their ranges. */
function readValues(lines: string[]): { topic: string; text: string }[] {
  return lines.map((line) => {
    const [topic = "", text = "", ...more] = line.split(" ");
    const [least, greatest] = rangeOf(topic);
    const value = Number(text);
    assert(more.length === 0 && least <= value && value < greatest, line);
    return { topic, text };
  });
}

/**
 * Checks that no value was published too early, by the program's own clock, which
 * stands in its trace.
 */
function assertPace(trace: string, topic: string, interval: number): void {
  const packets = [...trace.matchAll(/^ *([\d.]+) [→←] (\w+) +(\S+)/gm)]
    .map(([, time, name, subject]) => ({ time: Number(time), name, subject }));
  const start = packets.find(({ name }) => name === "CONNACK")!.time;
  const times = packets
    .filter(({ name, subject }) => name === "PUBLISH" && subject === topic)
    .map(({ time }) => time - start);
  assert(times.length > 1, `${times.length} values`);
  for (const [index, time] of times.entries()) {
    // A timer counts milliseconds, and may round them down.
    assert(time > (index + 1) * interval - 0.01, `${topic} at ${times} s`);
  }
}

test.anyBroker("own_sensor prints the interval, then topic and value, three times", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  const { code, stdout, stderr } = await lesson.run("own_sensor", {
    ...broker,
    args: ["20"],
    trace: true,
  });
  assertEquals(code, 0);
  assertPace(stderr, "iot/user1/temp", 0.25);
  const lines = stdout.trimEnd().split("\n");
  const intervals = lines.filter((_, index) => index % 2 === 0);
  assertEquals(intervals, ["0.25", "0.25", "0.25"]);
  const values = readValues(lines.filter((_, index) => index % 2 === 1));
  assertEquals(values.map(({ topic }) => topic), Array(3).fill(TEMP![2]));
  assertEquals(new Set(values.map(({ text }) => text)).size, 3);
  const received = await subscriber.untilReceived(3);
  assertEquals(received.map(({ topic, text }) => ({ topic, text })), values);
});

test.anyBroker("one_sensor prints what it publishes, every 5 seconds divided by the speed", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  await using sensor = lesson.start("one_sensor", {
    ...broker,
    args: ["20"],
    trace: true,
  });
  await subscriber.untilReceived(3);
  const { code, stdout, stderr } = await sensor.stop();
  assertEquals(code, 0);
  assertPace(stderr, "iot/user1/temp", 0.25);
  const [interval, ...lines] = stdout.trimEnd().split("\n");
  assertEquals(interval, "0.25");
  const intervals = lines.filter((_, index) => index % 2 === 1);
  assertEquals(new Set(intervals), new Set(["0.25"]));
  const values = readValues(lines.filter((_, index) => index % 2 === 0));
  const received = subscriber.received
    .map(({ topic, text }) => ({ topic, text }));
  assertEquals(received, values.slice(0, received.length));
});

test.anyBroker("four_sensors share a connection, and each has its range and topic", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  await using sensors = lesson.start("four_sensors", {
    ...broker,
    args: ["50"],
    trace: true,
  });
  for (const [, , topic] of SENSORS) await sensors.untilPrinted(topic);
  await subscriber.untilReceived(20);
  const { code, stdout, stderr } = await sensors.stop();
  assertEquals(code, 0);
  const lines = stdout.trimEnd().split("\n");
  const intervals = SENSORS.map(([interval]) => `${interval / 50}`);
  assertEquals(lines.slice(0, 4), intervals);

  // Each value is followed by the interval of its own sensor.
  const intervalOf = new Map(
    SENSORS.map(([interval, , topic]) => [topic, `${interval / 50}`]),
  );
  const rest = lines.slice(4);
  const values = readValues(rest.filter((_, index) => index % 2 === 0));
  assertEquals(
    rest.filter((_, index) => index % 2 === 1),
    values.map(({ topic }) => intervalOf.get(topic)!),
  );
  const received = subscriber.received
    .map(({ topic, text }) => ({ topic, text }));
  assertEquals(received, values.slice(0, received.length));

  for (const [interval, , topic] of SENSORS) {
    assertPace(stderr, topic, interval / 50);
  }
  // One CONNECT for all of them, and one DISCONNECT at the end.
  const packets = tracedPackets(stderr, "→");
  assertEquals(packets[0], "CONNECT");
  assertEquals(packets.at(-1), "DISCONNECT");
  assertEquals(new Set(packets.slice(1, -1)), new Set(["PUBLISH"]));
});

for (const program of STOPPABLE) {
  test.anyBroker(`${program} begins with the document's intervals`, async (broker) => {
    await using sensor = lesson.start(program, broker);
    await sensor.untilPrinted(program === "one_sensor" ? "5\n" : "12\n");
    const { code, stdout, stderr } = await sensor.stop("SIGINT");
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const expected = program === "one_sensor" ? "5\n" : "5\n7\n10\n12\n";
    assertEquals(stdout, expected);
  });
}

test.anyBroker("own_sensor can be stopped at any time", async (broker) => {
  await using sensor = lesson.start("own_sensor", { ...broker, trace: true });
  await sensor.untilPrinted("5\n");
  const { code, stdout, stderr } = await sensor.stop("SIGINT");
  assertEquals({ code, stdout }, { code: 0, stdout: "5\n" });
  const packets = tracedPackets(stderr, "→");
  assertEquals(packets, ["CONNECT", "DISCONNECT"]);
});

Deno.test("the sensors say what is wrong with their speed, and when they are refused", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "x" } });
  for (const program of ["own_sensor", ...STOPPABLE]) {
    for (const speed of ["fast", "0"]) {
      const args = [speed];
      const result = await lesson.run(program, { url: broker.url, args });
      assertEquals(result, {
        code: 2,
        stdout: "",
        stderr: `Speed is "${speed}": it must be a number above 0\n`,
      });
    }
    const { code, stderr } = await lesson.run(program, broker);
    assertEquals(code, 1);
    assert(/^Broker at .* refused the connection: .*\n$/.test(stderr), stderr);
  }
});

test.pahoOverMosquitto("the sensors are received by paho over mosquitto", async ({ url }) => {
  for (const program of ["own_sensor", ...STOPPABLE]) {
    await using subscriber = await subscribeWithPaho(url, "iot/#", 3);
    await using sensor = lesson.start(program, { url, args: ["50"] });
    const lines = await subscriber.lines();
    for (const line of lines) await sensor.untilPrinted(`${line}\n`);
    readValues(lines);
  }
});

test.overMosquitto("four_sensors go on when the broker is back", async (mosquitto) => {
  await using sensors = lesson.start("four_sensors", {
    ...mosquitto,
    args: ["50"],
  });
  await sensors.untilPrinted("iot/user1/temp");
  await mosquitto.stop();
  await sensors.untilLogged("lost");
  await mosquitto.start();
  await using subscriber = await openClient(mosquitto.url);
  await subscriber.subscribe("iot/#");
  readValues(
    (await subscriber.untilReceived(4))
      .map(({ topic, text }) => `${topic} ${text}`),
  );
});
