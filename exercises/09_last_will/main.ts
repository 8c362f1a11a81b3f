/**
 * Exercise 09: a device whose status can be relied on.
 *
 * README.md is the task. Check it: deno task check 09
 */
// For the linter, until all of these are used:
// deno-lint-ignore-file no-unused-vars verbatim-module-syntax
import {
  brokerUrl,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

const [name = ""] = Deno.args;
const topic = `devices/${name}/status`;

// TODO 1: Connect to the broker at brokerUrl(), and leave a will with it:
// "offline" on the topic, retained, at QoS 1. `connect` has the option `will`.

// TODO 2: Publish "online" on the topic, retained, at QoS 1, with the same
// client: the will is for its connection.
// TODO 3: Stay connected. When a lost connection is back, publish "online"
// again: a client has the event "connect" for it.

// TODO 4: On Ctrl-C, publish "offline" yourself, retained, then disconnect, and
// end with exit code 0. `StopSignal` notices Ctrl-C.

// Extra
// TODO 5: If the name is missing or empty, or has /, + or # in it, don't
// connect: print one line on standard error, and end with exit code 2.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/09_last_will/main.ts",
);
