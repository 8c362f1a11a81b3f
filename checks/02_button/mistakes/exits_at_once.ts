/** Breaks `leaves`: ends without DISCONNECT. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

Deno.addSignalListener("SIGINT", () => Deno.exit(0));
const client = await connect(brokerUrl());
console.log("Connecté");
await using button = await Button.open();
for await (const _press of button) client.publish("exercice2", "clic");
