import type { Mistakes } from "../../workbook/checking/mistake.ts";

/** How the solution reads lines. */
export const LINES =
  "for await (const line of readLines({ signal: stop.signal })) {";

/** Typical wrong answers to exercise 03. */
export const mistakes: Mistakes = {
  blocks_on_input: {
    breaks: "prints",
    words: "While it waits for a line, nothing else can happen",
    edits: [[
      LINES,
      "const buffer = new Uint8Array(1000);\n" +
      "    for (let length; (length = Deno.stdin.readSync(buffer));) {\n" +
      "      const bytes = buffer.subarray(0, length);\n" +
      "      const line = new TextDecoder().decode(bytes).trim();",
    ]],
  },
  canned: {
    breaks: "prints",
    words: "Prints a conversation that it made up",
    text: `console.log("\\t\\t10.10.10.23 est arrivé");
console.log("\\t\\tbonjour");
`,
  },
  exits_at_once: {
    breaks: "disconnects",
    words: "Leaves it to the will to say goodbye",
    edits: [[
      "using stop =",
      'Deno.addSignalListener("SIGINT", () => Deno.exit(0));\nusing stop =',
    ]],
  },
  four_blanks: {
    breaks: "prints",
    words: "Indents by blanks",
    edits: [["\\t\\t", "    "]],
  },
  latin_1: {
    breaks: "publishes",
    words: "Reads the bytes of a line as Latin-1",
    edits: [
      [
        "import {\n  brokerUrl",
        'import process from "node:process";\n' +
        'import { createInterface } from "node:readline";\n' +
        "import {\n  brokerUrl",
      ],
      [
        "readLines({ signal: stop.signal })",
        'createInterface({ input: process.stdin.setEncoding("latin1") })',
      ],
    ],
  },
  leaves_silently: {
    breaks: "leaves",
    words: "Disconnects without a word",
    edits: [["client.publish(TOPIC, goodbye);", ""]],
  },
  loses_early_lines: {
    breaks: "early-lines",
    words: "Sends a line only if the connection stands already",
    text:
      `import { brokerUrl, type Client, connect, readLines } from "../../lib/mod.ts";

let client: Client | undefined;
connect(brokerUrl()).then((connected) => client = connected);
for await (const line of readLines()) client?.publish("exercice3", line);
`,
  },
  no_will: {
    breaks: "will",
    words: "A crash is announced by nobody",
    edits: [["will: { topic: TOPIC, payload: goodbye },", ""]],
  },
  piece_is_line: {
    breaks: "publishes",
    words: "Takes what one read gives for a line",
    edits: [[
      LINES,
      "for await (const bytes of Deno.stdin.readable) {\n" +
      "      const piece = new TextDecoder().decode(bytes).trimEnd();\n" +
      '      for (const line of piece.split("\\n"))',
    ]],
  },
  sends_empty_lines: {
    breaks: "empty-line",
    words: "Sends all that is typed",
    edits: [['if (line !== "") ', ""]],
  },
  stays_after_input: {
    breaks: "end-of-input",
    words: "Goes on listening when nobody can type any more",
    edits: [[
      "await Promise.race([sendLines(), ",
      "sendLines();\n  await Promise.race([",
    ]],
  },
  wrong_topic: {
    breaks: "prints",
    words: "The topic is the English word",
    edits: [['"exercice3"', '"exercise3"']],
  },
};
