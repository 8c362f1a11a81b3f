/**
 * Exercise 04, publisher: the luminosity here, each period.
 *
 * README.md is the task. Check it: deno task check 04
 */
// For the linter, until all of these are used:
// deno-lint-ignore-file no-unused-vars verbatim-module-syntax
import {
  brokerUrl,
  connect,
  exitWithError,
  LightSensor,
  StopSignal,
} from "../../lib/mod.ts";

const period = Number(Deno.env.get("PERIOD") ?? 10); // Seconds

// TODO 1: Connect to the broker at brokerUrl(), and open the sensor: README.md,
// "The sensor". Each period, read the luminosity: `setInterval` calls a
// function of yours, and counts in milliseconds.

// TODO 2: Publish it on "/ex4/HOSTNAME", with the name of this machine: what
// does Deno.hostname() say?
// TODO 3: Publish a whole percentage in digits, such as "73". It isn't
// retained.

// Extra
// TODO 4: On Ctrl-C, disconnect and end with exit code 0. A timer that nobody
// has cleared keeps a program alive.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/04_luminosity/publisher.ts",
);
