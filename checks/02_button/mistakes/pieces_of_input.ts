/** Breaks `lines`: takes each piece of its input for one press. */
import { brokerUrl, connect } from "../../lib/mod.ts";

const client = await connect(brokerUrl());
console.log("Connecté");
for await (const _piece of Deno.stdin.readable) {
  client.publish("exercice2", "clic");
}
