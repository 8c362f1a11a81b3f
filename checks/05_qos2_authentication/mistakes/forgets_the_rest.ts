/** Breaks `leaves`: on Ctrl-C, doesn't wait for what is under way. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

Deno.addSignalListener("SIGINT", () => Deno.exit(0));
const client = await connect(brokerUrl());
await using button = await Button.open();
for await (const _press of button) {
  await client.publishAsync("exercice5", "clic", { qos: 2 });
  console.log("Message envoyé");
}
