/** Breaks `presses`: publishes on the topic of exercise 1. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
console.log("Connecté");
await using button = await Button.open();
for await (const _press of button) client.publish("exercice1", "clic");
