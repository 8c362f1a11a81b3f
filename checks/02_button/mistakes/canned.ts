/** Breaks `presses`: publishes by itself, and not when the button is pressed. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
console.log("Connecté");
await using _button = await Button.open();
await client.publishAsync("exercice2", "clic");
