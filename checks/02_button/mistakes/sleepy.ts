/** Breaks `quick`: after a press, takes none for half a second. */
import { brokerUrl, Button, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
console.log("Connecté");
await using button = await Button.open();
let last = -Infinity;
for await (const _press of button) {
  if (performance.now() - last < 500) continue;
  last = performance.now();
  client.publish("exercice2", "clic");
}
