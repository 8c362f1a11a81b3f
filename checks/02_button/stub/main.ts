/**
 * Exercise 02: a message for each press of a button.
 *
 * README.md is the task. Check it: deno task check 02
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

const TOPIC = "exercice2";

// TODO 1: Connect to the broker at brokerUrl(): `connect` gives you a client.

// TODO 2: Publish "clic" on TOPIC at each press, and nothing when the button is
// let go. README.md, "The button", says how `Button` gives you the presses.
// TODO 3: A button that is held down is one press. `Button` sees to it; if you
// read the GPIO by hand, you do.
// TODO 4: Lose no press, however quickly they follow each other.

// Extra
// TODO 5: Print "Connecté" once the program is connected.
// TODO 6: A press whose contacts bounce is one press.
// TODO 7: Without BUTTON, each line of piped input is a press.
// TODO 8: Lose nothing that is typed before the connection stands. What has to
// be open first, the button or the connection?
// TODO 9: On Ctrl-C, disconnect and end with exit code 0. `StopSignal` notices
// Ctrl-C.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/02_button/main.ts",
);
