/** Breaks `each`: listens for one confirmation only. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
const { promise: confirmed, resolve } = Promise.withResolvers<void>();
confirmed.then(() => console.log("Message envoyé"));
await using button = await Button.open();
for await (const _press of button) {
  client.publish("exercice5", "clic", { qos: 2 }, () => resolve());
}
