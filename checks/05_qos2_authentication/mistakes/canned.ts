/** Breaks `confirmed`: prints that it has sent what it never sends. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

await connect(brokerUrl());
await using button = await Button.open();
for await (const _press of button) console.log("Message envoyé");
