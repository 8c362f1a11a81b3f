import { brokerAddress } from "../../lib/mod.ts";

// README.md says what this program is to do. The broker is at brokerUrl(), which
// may hold a password; its label doesn't.
console.error(`Nothing to print yet from ${brokerAddress().label}`);
