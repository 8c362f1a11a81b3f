/** Breaks `subscribes-first`: sends the command, and then begins to listen. */
import { brokerUrl, connect } from "../../lib/mod.ts";

await using client = await connect(brokerUrl());
await client.publishAsync("tw/rocksaying/command", "open", { qos: 1 });
const opened = Promise.withResolvers<void>();
client.on("message", (_topic, payload) => {
  console.log(`${payload}`);
  if (`${payload}` === "opened") opened.resolve();
});
await client.subscribeAsync("tw/rocksaying/status", { qos: 1 });
await opened.promise;
