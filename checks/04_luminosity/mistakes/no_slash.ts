/** Breaks `publishes` in `publisher`: the topic begins without its slash. */
import { brokerUrl, Sensor } from "../../lib/mod.ts";

const period = Number(Deno.env.get("PERIOD") ?? 10);
const topic = `ex4/${Deno.hostname()}`;
const read = () => Math.round(Math.random() * 100);
await new Sensor(period, [0, 100], topic, { host: brokerUrl(), read }).start();
