import type { Mistakes } from "../../workbook/checking/mistake.ts";

/** Listens to pigpio itself, as the toolkit's button does for the solution. */
const PIGPIO = `import { brokerUrl, connect } from "../../lib/mod.ts";
import { PigpioConnection } from "../../lib/inputs/pigpio.ts";
import { parsePigpioUrl } from "../../lib/inputs/pigpio_url.ts";

const url = parsePigpioUrl("Button", Deno.env.get("BUTTON")!, "pigpio://pi/26");
const client = await connect(brokerUrl());
console.log("Connecté");
const commands = await PigpioConnection.open(url);
const reports = await PigpioConnection.open(url);
const { result: handle } = await reports.command("NOIB");
await commands.command("NB", [handle, 1 << 26]);
`;

/** Typical wrong answers to exercise 02. */
export const mistakes: Mistakes = {
  canned: {
    breaks: "presses",
    words: "Publishes by itself, and not when the button is pressed",
    edits: [
      ["for await (const _press of button) await client", "await client"],
      ["sendPresses(), ", "sendPresses().then(() => stop.requested), "],
    ],
  },
  click: {
    breaks: "presses",
    words: "Spells the message as in English",
    edits: [['"clic"', '"click"']],
  },
  exits_at_once: {
    breaks: "leaves",
    words: "Ends without DISCONNECT",
    edits: [[
      "using stop =",
      'Deno.addSignalListener("SIGINT", () => Deno.exit(0));\nusing stop =',
    ]],
  },
  keyboard_only: {
    breaks: "presses",
    words: "Looks at the keyboard only, wherever the button is",
    edits: [["Button.open({ signal", 'Button.open({ source: "", signal']],
  },
  loses_early_presses: {
    breaks: "early-lines",
    words: "Publishes only if the connection stands already",
    text:
      `import { brokerUrl, Button, type Client, connect } from "../../lib/mod.ts";

let client: Client | undefined;
connect(brokerUrl()).then((connected) => client = connected);
await using button = await Button.open();
for await (const _press of button) client?.publish("exercice2", "clic");
`,
  },
  no_debounce: {
    breaks: "bounces",
    words: "Takes each touch of the contacts for a press",
    text: `${PIGPIO}for (;;) {
  const { levels } = await reports.report();
  if ((levels >>> 26 & 1) === 0) client.publish("exercice2", "clic");
}
`,
  },
  pieces_of_input: {
    breaks: "lines",
    words: "Takes each piece of its input for one press",
    edits: [
      ["await using button = await Button.open({ signal: stop.signal });", ""],
      ["const _press of button", "const _piece of Deno.stdin.readable"],
    ],
  },
  press_and_release: {
    breaks: "presses",
    words: "Publishes at each change, also when the button goes up",
    text: `${PIGPIO}for (;;) {
  await reports.report();
  client.publish("exercice2", "clic");
}
`,
  },
  silent: {
    breaks: "connected",
    words: "Doesn't say that it is connected",
    edits: [['console.log("Connecté");', ""]],
  },
  sleepy: {
    breaks: "quick",
    words: "After a press, takes none for half a second",
    edits: [
      ["using stop =", "let last = -Infinity;\nusing stop ="],
      [
        "for await (const _press of button) await client",
        "for await (const _press of button) {\n" +
        "      if (performance.now() - last < 500) continue;\n" +
        "      last = performance.now();\n" +
        "      await client",
      ],
      ['"clic");', '"clic");\n    }'],
    ],
  },
  while_held: {
    breaks: "held",
    words: "Publishes as long as the button is down",
    text: `${PIGPIO}let isDown = false;
setInterval(() => isDown && client.publish("exercice2", "clic"), 500);
for (;;) {
  const { levels } = await reports.report();
  isDown = (levels >>> 26 & 1) === 0;
}
`,
  },
  wrong_topic: {
    breaks: "presses",
    words: "Publishes on the topic of exercise 1",
    edits: [['"exercice2"', '"exercice1"']],
  },
};
