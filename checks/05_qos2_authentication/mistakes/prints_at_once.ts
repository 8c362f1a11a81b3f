/** Breaks `confirmed`: prints when it has called publish. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
await using button = await Button.open();
for await (const _press of button) {
  client.publish("exercice5", "clic", { qos: 2 });
  console.log("Message envoyé");
}
