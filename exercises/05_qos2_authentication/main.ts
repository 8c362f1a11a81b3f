/**
 * Exercise 05: a message at QoS 2 for each press of a button.
 *
 * README.md is the task. Check it: deno task check 05
 */
// For the linter, until all of these are used:
// deno-lint-ignore-file no-unused-vars verbatim-module-syntax
import {
  brokerUrl,
  Button,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

const TOPIC = "exercice5";

// TODO 1: Connect to the broker at brokerUrl(), and log in. User and password
// stand in that address, and not in this program: what does `connect` do with
// them?

// TODO 2: At each press of the button, publish a message on TOPIC at QoS 2.
// Your exercise 02 has the button; the third argument of `publish` has the QoS.

// TODO 3: Print "Message envoyé" when the broker has confirmed the message,
// once for each press. README.md, "When is it sent?", says which packet that
// is.

// Extra
// TODO 4: A wrong password ends the program with one line on standard error and
// exit code 1. `exitWithError` does that with what was thrown.
// TODO 5: On Ctrl-C, wait for the confirmation of what you have sent, print its
// line, disconnect, and end with exit code 0.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in " +
    "exercises/05_qos2_authentication/main.ts",
);
