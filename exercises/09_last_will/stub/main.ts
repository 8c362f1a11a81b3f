import { brokerAddress } from "../../lib/mod.ts";

const [name] = Deno.args;

// README.md says what this program is to do. The broker is at brokerUrl(), which
// may hold a password; its label doesn't.
console.error(`Nothing to do yet for ${name} on ${brokerAddress().label}`);
