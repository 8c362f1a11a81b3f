import { assert, assertEquals, assertThrows } from "@std/assert";
import { startBroker } from "./broker.ts";
import { connect } from "./connect.ts";
import { BrokerUnreachableError } from "./errors.ts";
import type { Message } from "./message.ts";
import { Sensor, type SensorOptions } from "./sensor.ts";
import { rejection, within } from "../testing/deadline.ts";
import { startScriptedBroker } from "../testing/brokers/scripted_broker.ts";
import { logged, test } from "../testing/test.ts";
import { listen } from "../testing/brokers/scripts.ts";

/** Runs a sensor until it has published some values, which it returns. */
async function values(
  count: number,
  options: SensorOptions = {},
): Promise<string[]> {
  await using broker = await startBroker({ port: 0 });
  const texts: string[] = [];
  const enough = Promise.withResolvers<void>();
  const take = ({ text }: Message) => {
    texts.push(text);
    if (texts.length === count) enough.resolve();
  };
  await using _subscription = await listen(broker, take);
  await using sensor = new Sensor(0.005, [3, 10], "iot/user1/temp", {
    host: broker.url,
    ...options,
  });
  await sensor.start();
  await within(`${count} values`, enough.promise);
  await sensor.stop();
  return texts.slice(0, count);
}

Deno.test("Sensor publishes different values inside its range", async () => {
  const numbers = (await values(20)).map(Number);
  assert(numbers.every((number) => number >= 3 && number < 10));
  assertEquals(new Set(numbers).size, 20);
});

Deno.test("Sensor publishes what it is told to read, and outlives a failed reading", async () => {
  const { lines, log } = logged();
  let reading = 0;
  const read = () => {
    reading++;
    if (reading === 2 || reading === 3) throw new Error("no answer");
    return Promise.resolve(reading);
  };
  const texts = await values(3, { read, log });
  assertEquals(texts, ["1", "4", "5"]);
  assertEquals(lines, ["Sensor on iot/user1/temp failed: no answer"]);
});

Deno.test("Sensor outlives whatever a reading throws", async () => {
  const lines: string[] = [];
  const thrown = [null, Symbol("x"), Object.create(null)];
  const read = () => {
    if (thrown.length > 0) throw thrown.pop();
    return 1;
  };
  const log = (line: string) => lines.push(line);
  assertEquals(await values(1, { read, log }), ["1"]);
  assertEquals(lines, [
    "Sensor on iot/user1/temp failed: [Object: null prototype] {}",
  ]);
});

const NOTHING: [name: string, read: () => unknown][] = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["NaN", () => NaN],
  ["Infinity", () => Infinity],
  ["true", () => true],
  ["1n", () => 1n],
  ["{}", () => ({})],
  ["Symbol(x)", () => Symbol("x")],
  ["[Object: null prototype] {}", () => Object.create(null)],
  ["undefined", () => Promise.resolve()],
  ["null", () => Promise.resolve(null)],
  ["NaN", () => Promise.resolve(NaN)],
];
for (const [index, [name, read]] of NOTHING.entries()) {
  Deno.test(`Sensor publishes nothing for a reading of ${name} (${index + 1}), and says so once`, async () => {
    const { lines, log } = logged();
    let readings = 0;
    const readOrNothing = () => ++readings > 3 ? readings : read();
    const texts = await values(2, { read: readOrNothing as () => number, log });
    assertEquals(texts, ["4", "5"]);
    assertEquals(lines, [
      "Sensor on iot/user1/temp failed: Value read is " +
      `${name}: it must be a finite number or a text`,
    ]);
  });
}

Deno.test("Sensor publishes a text as it is, also an empty one", async () => {
  const texts = ["", "hello", "21.5"];
  let readings = 0;
  assertEquals(await values(3, { read: () => texts[readings++ % 3]! }), texts);
});

Deno.test("Sensor keeps to its intervals although readings take time", async () => {
  const interval = 0.05;
  await using broker = await startScriptedBroker();
  const starts: number[] = [];
  await using sensor = new Sensor(interval, [0, 1], "iot/x", {
    host: broker.url,
    read: () => {
      starts.push(performance.now());
      const end = performance.now() + 0.4 * interval * 1000;
      while (performance.now() < end);
      return 1;
    },
  });
  await sensor.start();
  await broker.received("publish", 10);
  // Ticks are due whole numbers of intervals apart; with drift, each would be 0.4
  // intervals later than the one before. On a busy machine some are late, perhaps
  // the first of them, too: the others needn't fit that one.
  const offBy = (tick: number) =>
    starts.map((start) => (start - tick) / interval / 1000)
      .map((intervals) => Math.abs(intervals - Math.round(intervals)))
      .sort((a, b) => a - b)[Math.floor(starts.length / 2)]!;
  const off = Math.min(...starts.map(offBy));
  assert(off < 0.15, `half of the ticks are off by ${off} intervals`);
});

test.scripted("Sensor stops at once, and starts again", async (broker) => {
  const sensor = new Sensor(3600, [0, 1], "iot/x", { host: broker.url });
  await sensor.start();
  await within("stop()", sensor.stop(), 2000);
  await sensor.start();
  await within("stop()", sensor.stop(), 2000);
  const commands = broker.packets.map(({ cmd }) => cmd);
  assertEquals(commands, ["connect", "disconnect", "connect", "disconnect"]);
});

test.scripted("Sensors share a connection", async (broker) => {
  await using client = await connect(broker.url);
  const sensors = ["temp", "humi", "illu", "dust"].map((name) =>
    new Sensor(0.005, [0, 1], `iot/user1/${name}`, { client, qos: 1 })
  );
  await Promise.all(sensors.map((sensor) => sensor.start()));
  await broker.received("publish", 12);
  await Promise.all(sensors.map((sensor) => sensor.stop()));
  const topics = broker.all("publish").map((packet) => packet.topic);
  assertEquals(new Set(topics).size, 4);
  assertEquals(broker.connections.length, 1);
  assert(client.connected);
});

Deno.test("Sensor.start() rejects if there is no broker, and may be tried again", async () => {
  const sensor = new Sensor(1, [0, 1], "iot/x", {
    host: "127.0.0.1:1",
    timeout: 0.1,
    log: () => {},
  });
  await rejection(sensor.start(), BrokerUnreachableError);
  await rejection(sensor.start(), BrokerUnreachableError);
});

for (const interval of [0, -1, NaN, Infinity, 1e9]) {
  Deno.test(`Sensor rejects the interval ${interval}`, () => {
    assertThrows(
      () => new Sensor(interval, [0, 1], "iot/x"),
      RangeError,
      `Interval is ${interval}`,
    );
  });
}

for (const range of [[2, 1], [NaN, 1], [0, Infinity]] as [number, number][]) {
  Deno.test(`Sensor rejects the range [${range}]`, () => {
    assertThrows(
      () => new Sensor(1, range, "iot/x"),
      RangeError,
      `Range is [${range}]`,
    );
  });
}

test.scripted("Sensor tells onValue what it publishes, and says so if it can't", async (broker) => {
  await using client = await connect(broker.url);
  const values: unknown[] = [];
  const failed = Promise.withResolvers<string>();
  await using sensor = new Sensor(0.005, [0, 1], "iot/x", {
    client,
    onValue: (value, topic) => values.push(topic, String(value)),
    log: failed.resolve,
  });
  await sensor.start();
  await broker.received("publish", 3);
  const sent = broker.all("publish").flatMap((
    { topic, payload },
  ) => [topic, `${payload}`]);
  assertEquals(values.slice(0, sent.length), sent);
  await client.close();
  const line = await within("the report", failed.promise);
  assertEquals(
    line,
    'Sensor on iot/x failed: Message on "iot/x" was not published: the connection is closed',
  );
});

test.scripted("Sensor started, stopped and started again runs once", async (broker) => {
  const sensor = new Sensor(3600, [0, 1], "iot/x", { host: broker.url });
  const starting = sensor.start();
  await sensor.stop();
  await Promise.all([starting, sensor.start()]);
  await within("stop()", sensor.stop());
  await within("both DISCONNECTs", broker.received("disconnect", 2), 3000);
});
