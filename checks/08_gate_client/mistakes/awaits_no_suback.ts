/** Breaks `subscribes-first`: asks for the subscription and doesn't await it. */
import { brokerUrl, connect } from "../../lib/mod.ts";

await using client = await connect(brokerUrl());
const opened = Promise.withResolvers<void>();
client.on("message", (_topic, payload) => {
  console.log(`${payload}`);
  if (`${payload}` === "opened") opened.resolve();
});
client.subscribe("tw/rocksaying/status", { qos: 1 });
client.publish("tw/rocksaying/command", "open", { qos: 1 });
await opened.promise;
