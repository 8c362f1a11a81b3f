/**
 * Exercise 10: watches the batteries of a fleet.
 *
 * README.md is the task. Check it: deno task check 10
 */
// For the linter, until all of these are used:
// deno-lint-ignore-file no-unused-vars verbatim-module-syntax
import {
  brokerUrl,
  exitWithError,
  type Message,
  subscribe,
} from "../../lib/mod.ts";

// TODO 1: Connect to the broker at brokerUrl(), and subscribe to
// "fleet/+/battery". `subscribe` does both, and watches until Ctrl-C.

function onMessage(message: Message): void {
  // TODO 2: When a device falls below 20 %, print one line, as in README.md,
  // and no other as long as it stays low. The second level of the topic is its
  // name, and the payload is text: what does message.number give?
  // TODO 3: When such a device is above 25 % again, print one line.
  // TODO 4: Print nothing else. From 20 to 25 % nothing changes.
  // TODO 5: Each device has a state of its own. What do you have to remember?
}

// Extra
// TODO 6: A value that the broker has kept from before the start counts, too.
// TODO 7: Ignore what isn't a number, and say so with console.error.
// TODO 8: Other topics of the fleet change nothing.
// TODO 9: On Ctrl-C, disconnect and end with exit code 0.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/10_fleet/main.ts",
);
