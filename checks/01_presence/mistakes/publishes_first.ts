/** Breaks `hears-itself`: subscribes after it has published. */
import { brokerUrl, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
client.on("message", (_topic, payload) => console.log(`Reçu: ${payload}`));
await client.publishAsync("exercice1", "10.10.10.23 connecté", { qos: 1 });
await client.subscribeAsync("exercice1");
