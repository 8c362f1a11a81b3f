/** Breaks `presses`: looks at the keyboard only, wherever the button is. */
import { brokerUrl, connect, readLines } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
console.log("Connecté");
for await (const _line of readLines()) client.publish("exercice2", "clic");
