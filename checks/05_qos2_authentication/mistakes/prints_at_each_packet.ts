/** Breaks `each`: prints a line for each of the broker's two answers. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
client.on("packetreceive", ({ cmd }) => {
  if (cmd === "pubrec" || cmd === "pubcomp") console.log("Message envoyé");
});
await using button = await Button.open();
for await (const _press of button) {
  client.publish("exercice5", "clic", { qos: 2 });
}
