/**
 * @title A sensor built from scratch
 * @difficulty beginner
 * @tags class, async, await, publish
 * @run deno run --allow-env --allow-net lessons/10_sensors/own_sensor.ts
 *
 * What is inside a sensor: the class of the document, with an async function in
 * place of the thread. It publishes three values and ends.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import {
  brokerUrl,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

class Sensor {
  constructor(
    readonly interval: number,
    readonly range: [least: number, greatest: number],
    readonly topic: string,
    readonly client: MqttClient,
  ) {}

  async run(count: number, signal: AbortSignal): Promise<void> {
    for (let left = count; left > 0; left--) {
      console.log(this.interval);
      // A thread would sleep here. An async function gives the turn to others
      // until its timer is due, or the signal says stop.
      await sleep(this.interval * 1000, undefined, { signal });

      // Any value from the least to the greatest is as likely as any other.
      const [least, greatest] = this.range;
      const value = least + Math.random() * (greatest - least);
      console.log(`${this.topic} ${value}`);
      await this.client.publishAsync(this.topic, `${value}`);
    }
  }
}

const [speed = "1"] = Deno.args;
if (!(Number(speed) > 0)) {
  console.error(`Speed is "${speed}": it must be a number above 0`);
  Deno.exit(2);
}

using stop = new StopSignal();
try {
  const { signal } = stop;
  await using client = await connect(brokerUrl(), { signal });
  const topic = "iot/user1/temp";
  const sensor = new Sensor(5 / Number(speed), [3, 10], topic, client);
  await sensor.run(3, signal);
} catch (error) {
  // A stop ends the sleep with an error, too. That one is fine.
  if (!stop.signal.aborted) exitWithError(error);
}
