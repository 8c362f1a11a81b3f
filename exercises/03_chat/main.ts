/**
 * Exercise 03: a chat.
 *
 * README.md is the task. Check it: deno task check 03
 */
// For the linter, until all of these are used:
// deno-lint-ignore-file no-unused-vars verbatim-module-syntax
import {
  brokerUrl,
  exitWithError,
  type Message,
  readLines,
  StopSignal,
  subscribe,
} from "../../lib/mod.ts";

const TOPIC = "exercice3";

// TODO 1: Connect to the broker at brokerUrl(), and subscribe to TOPIC.
// `subscribe` does both: with `false` as its fourth argument, it lets the
// program go on.

// TODO 2: Publish "NAME est arrivé", with a name that you choose, such as
// Deno.hostname(). What `subscribe` gave you has a `client` for it.

function onMessage({ text }: Message): void {
  // TODO 3: Print the text after two tabs. It comes at any time, also while
  // nothing is typed.
}

async function sendLines(): Promise<void> {
  // TODO 4: Publish each line that is typed. `readLines` gives one after the
  // other, and stops nothing else meanwhile.
}

// TODO 5: When Ctrl-C ends the program, publish "NAME a quitté". `StopSignal`
// notices Ctrl-C.

// Extra
// TODO 6: Lose nothing that is typed before the connection stands.
// TODO 7: Don't send an empty line.
// TODO 8: When the input ends, say "NAME a quitté", and end with exit code 0.
// TODO 9: On Ctrl-C, say it once, disconnect, and end with exit code 0.
// TODO 10: If the program crashes, the broker says it: lesson 16 has the will.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/03_chat/main.ts",
);
