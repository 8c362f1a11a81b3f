/** Breaks `qos-2`: publishes at QoS 1. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
await using button = await Button.open();
for await (const _press of button) {
  await client.publishAsync("exercice5", "clic", { qos: 1 });
  console.log("Message envoyé");
}
