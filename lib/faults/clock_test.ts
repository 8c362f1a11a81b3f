import { assert, assertEquals } from "@std/assert";
import { CsvRecorder } from "../csv_recorder.ts";
import { Message } from "../message.ts";
import { readReadings } from "../readings.ts";
import { Sensor } from "../sensor.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { listen } from "../../testing/brokers/scripts.ts";
import { logged, test } from "../../testing/test.ts";

const HOUR = 3_600_000;

/** The clock on the wall, which a test may set; the timers' goes on. */
class WallClock implements Disposable {
  /** By how many milliseconds it is wrong. */
  offset = 0;
  readonly #date = globalThis.Date;
  readonly #instant = Temporal.Now.instant;

  constructor() {
    const dateNow = Date.now;
    const now = () => dateNow() + this.offset;
    globalThis.Date = new Proxy(Date, {
      construct: (target, args) =>
        Reflect.construct(target, args.length === 0 ? [now()] : args),
      get: (target, name) => name === "now" ? now : Reflect.get(target, name),
    });
    Temporal.Now.instant = () =>
      this.#instant().add({ milliseconds: this.offset });
  }

  [Symbol.dispose](): void {
    globalThis.Date = this.#date;
    Temporal.Now.instant = this.#instant;
  }
}

Deno.test("Sensor keeps its intervals, and its connection, when the clock is set back and forward", async () => {
  using clock = new WallClock();
  const jumps = [-HOUR, HOUR, -30_000, 86_400_000];
  const interval = 0.05;
  await using broker = await startScriptedBroker();
  const { lines, log } = logged();
  await using _subscription = await listen(broker, () => {}, {
    keepalive: 1,
    log,
  });
  const starts: number[] = [];
  await using sensor = new Sensor(interval, [0, 1], "iot/x", {
    host: broker.url,
    keepalive: 1,
    log,
    read: () => {
      clock.offset = jumps[starts.push(performance.now()) % jumps.length]!;
      return 1;
    },
  });
  await sensor.start();
  await broker.received("publish", 24);
  await broker.received("pingreq");
  // Late by an hour, they would not have come at all.
  const passed = (starts.at(-1)! - starts[0]!) / 1000;
  assert(passed > (starts.length - 2) * interval, "no value came early");
  assertEquals(lines, []);
  assertEquals(broker.connections.length, 2);
});

test.folder("CsvRecorder writes what the clock shows, in the order of arrival, when it is set back and forward", async (folder) => {
  using clock = new WallClock();
  const path = `${folder}/x.csv`;
  const jumps = [0, -HOUR, -HOUR, 24 * HOUR, 0];
  const shown: number[] = [];
  {
    await using recorder = await CsvRecorder.open(path);
    for (const [value, offset] of jumps.entries()) {
      clock.offset = offset;
      shown.push(Date.now());
      await recorder.record(Message.from("iot/x", `${value}`, { qos: 1 }));
    }
  }
  const readings = await Array.fromAsync(readReadings(path));
  assertEquals(readings.map(({ value }) => value), [0, 1, 2, 3, 4]);
  for (const [index, { time }] of readings.entries()) {
    const late = time.getTime() - shown[index]!;
    assert(late >= 0 && late < 1000, `row ${index} is ${late} ms late`);
  }
});
