/** Breaks `confirmed`: prints at PUBREC, the second of the four packets. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
client.on("packetreceive", ({ cmd }) => {
  if (cmd === "pubrec") console.log("Message envoyé");
});
await using button = await Button.open();
for await (const _press of button) {
  client.publish("exercice5", "clic", { qos: 2 });
}
