/**
 * Exercise 08: opens the gate, and tells what became of it.
 *
 * README.md is the task. Check it: deno task check 08
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

const STATUS = "tw/rocksaying/status";
const COMMAND = "tw/rocksaying/command";

// TODO 1: Subscribe to STATUS on the broker at brokerUrl(), and wait until the
// broker has confirmed that. What does `await subscribe(…)` wait for?

// TODO 2: Publish "open" on COMMAND, once, at QoS 1, and not retained. What
// `subscribe` gave you has a `client` for it.

function onMessage({ text, retain }: Message): void {
  // TODO 3: Print what the gate says from "opening" on, except "noop".
  // TODO 4: Take no notice of what isn't the answer: an old status that the
  // broker has kept, and what comes before the first "opening".
}

// TODO 5: At "opened", disconnect and end with exit code 0. Here the program
// has to wait for something that happens in onMessage: Promise.withResolvers().
// TODO 6: If the gate isn't open GATE_TIMEOUT seconds after the command, say so
// in one line, disconnect, and end with exit code 1. It is 5 s if the variable
// isn't set, and no "noop" makes it longer.

// Extra
// TODO 7: With the argument "close", close the gate in the same way.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/08_gate_client/main.ts",
);
