/** Breaks `refused`: leaves the error to Deno, which prints where it happened. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
await using button = await Button.open();
for await (const _press of button) {
  await client.publishAsync("exercice5", "clic", { qos: 2 });
  console.log("Message envoyé");
}
