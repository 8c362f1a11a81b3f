/** Breaks `qos-2`: publishes on the topic of exercise 2. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
await using button = await Button.open();
for await (const _press of button) {
  await client.publishAsync("exercice2", "clic", { qos: 2 });
  console.log("Message envoyé");
}
