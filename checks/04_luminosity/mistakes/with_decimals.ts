/** Breaks `whole` in `publisher`: publishes what the sensor gives. */
import { brokerUrl, LightSensor, Sensor } from "../../lib/mod.ts";

const period = Number(Deno.env.get("PERIOD") ?? 10);
const topic = `/ex4/${Deno.hostname()}`;
const light = await LightSensor.open();
const read = () => light.read();
await new Sensor(period, [0, 100], topic, { host: brokerUrl(), read }).start();
