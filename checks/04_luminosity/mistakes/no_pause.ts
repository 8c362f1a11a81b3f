/** Breaks `period` in `publisher`: publishes as fast as it can. */
import { brokerUrl, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
const topic = `/ex4/${Deno.hostname()}`;
for (;;) {
  const percent = Math.round(Math.random() * 100);
  await client.publishAsync(topic, String(percent), { qos: 1 });
}
