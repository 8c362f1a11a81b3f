import { brokerUrl } from "../../lib/mod.ts";

const [name] = Deno.args;

// README.md says what this program is to do. The broker is at brokerUrl().
console.error(`Nothing to do yet for ${name} on ${brokerUrl()}`);
