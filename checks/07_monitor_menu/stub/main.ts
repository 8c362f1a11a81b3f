/**
 * Exercise 07: receives in the background, and prints the mean that the user
 * asks for.
 *
 * README.md is the task. Check it: deno task check 07
 */
// For the linter, until all of these are used:
// deno-lint-ignore-file no-unused-vars verbatim-module-syntax
import {
  brokerUrl,
  exitWithError,
  Menu,
  type Message,
  StopSignal,
  subscribe,
} from "../../lib/mod.ts";

// TODO 1: Subscribe to "iot/#" on the broker at brokerUrl(). With `false` as
// its fourth argument, `subscribe` lets the program go on, and receives
// meanwhile.

function addValue(message: Message): void {
  // TODO 2: Remember the value. The last level of message.topic says which
  // sensor it is from. What do you have to keep for a mean?
  // TODO 3: Don't count a payload that isn't a number: what does message.number
  // do then?
}

function printMean(name: string, key: string): void {
  // TODO 4: Print the mean of all values of that sensor so far, or that there
  // is none yet, in the words of README.md. What is 0 / 0?
}

// TODO 5: Show the menu as one line, take a choice, carry it out, and show the
// menu again: `Menu` has `add` for each choice of README.md's table, and `run`.
// TODO 6: The choice 4 and the end of the input disconnect, and end the program
// with exit code 0.

// Extra
// TODO 7: Say on standard error that you don't know a choice such as 7.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/07_monitor_menu/main.ts",
);
