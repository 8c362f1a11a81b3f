import { brokerUrl } from "../../lib/mod.ts";

// README.md says what this program is to do. The broker is at brokerUrl().
console.error(`Nothing to print yet from ${brokerUrl()}`);
