/**
 * Exercise 04, subscriber: the brightest host, and the mean of all.
 *
 * README.md is the task. Check it: deno task check 04
 */
// For the linter, until all of these are used:
// deno-lint-ignore-file no-unused-vars verbatim-module-syntax
import {
  brokerUrl,
  exitWithError,
  type Message,
  subscribe,
} from "../../lib/mod.ts";

const period = Number(Deno.env.get("PERIOD") ?? 10); // Seconds

// TODO 1: Subscribe to what all hosts publish, with `subscribe` and a wildcard.
// TODO 2: Call printFigures each period: `setInterval` counts in milliseconds.

function onMessage({ topic, text }: Message): void {
  // TODO 3: Keep the last value of each host. A host's name is all that follows
  // "/ex4/", and may have blanks. What keeps one value for each name?
}

function printFigures(): void {
  // TODO 4: Print the three lines of README.md: the greatest value and its
  // host, the mean with two decimals, and 13 hyphens.
  // TODO 5: A host that hasn't reported in the last period counts no more,
  // until it reports again. So keep also when a value came.
  // TODO 6: While no host reports, print no figures, and go on.
}

// Extra
// TODO 7: Ignore what isn't a whole percentage, and say so with console.error.
// TODO 8: Of equal values, print the host whose name sorts first.
// TODO 9: On Ctrl-C, disconnect and end with exit code 0.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/04_luminosity/subscriber.ts",
);
