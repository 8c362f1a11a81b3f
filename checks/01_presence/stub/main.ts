/**
 * Exercise 01: says that it is here, and hears who else is.
 *
 * README.md is the task. Check it: deno task check 01
 */
// For the linter, until all of these are used:
// deno-lint-ignore-file no-unused-vars verbatim-module-syntax
import {
  brokerUrl,
  exitWithError,
  type Message,
  StopSignal,
  subscribe,
} from "../../lib/mod.ts";

const TOPIC = "exercice1";

// TODO 1: Connect to the broker at brokerUrl(), and print "Connecté".
// TODO 2: Subscribe to TOPIC. `subscribe` does both, TODO 1 and 2: with `false`
// as its fourth argument, it lets the program go on.

// TODO 3: Publish "10.10.10.X connecté" on TOPIC, with an address of your own
// machine: Deno.networkInterfaces() lists them. What `subscribe` gave you has a
// `client`, and that has `publishAsync`.

function onMessage({ text }: Message): void {
  // TODO 4: Print "Reçu: " and the text.
}

// Extra
// TODO 5: On Ctrl-C, disconnect and end with exit code 0. `StopSignal` notices
// Ctrl-C.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/01_presence/main.ts",
);
