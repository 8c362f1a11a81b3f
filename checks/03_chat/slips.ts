import type { Slips } from "../../workbook/checking/mistake.ts";
import { LINES } from "./mistakes.ts";

const PRINT = "({ text }) => console.log(`\\t\\t${printable(text)}`)";

/** Slips of beginners in exercise 03. */
export const slips: Slips = {
  calls_nothing: {
    words: "The handler gives back a function, and calls none",
    edits: [
      [PRINT, "() => onMessage"],
      [
        "using stop =",
        "function onMessage({ text }: { text: string }): void {\n" +
        "  console.log(`\\t\\t${text}`);\n" +
        "}\n\nusing stop =",
      ],
    ],
    says: ["doesn't call onMessage"],
  },
  greeting_without_accent: {
    words: "Greets without the accent, which is no typed line either",
    edits: [["`${name} est arrivé`", "`${name} est arrive`"]],
    says: ['✗ It announces "… est arrivé"', "The last letter is é"],
  },
  json_for_text: {
    words: "Sends an object where a line is asked for",
    edits: [[
      "await client.publishAsync(TOPIC, line);",
      "await client.publishAsync(TOPIC, JSON.stringify({ name, line }));",
    ]],
    says: ["the line that was typed, and nothing else"],
  },
  let_misspelt: {
    words: "A keyword is misspelt",
    edits: [["const goodbye =", "lett goodbye ="]],
    says: ["can't be read", "lett goodbye"],
  },
  loop_without_await: {
    words: "Waits for something in a loop that lets nothing happen",
    edits: [[
      "using stop = new StopSignal();",
      "let isReady = false;\n" +
      "setTimeout(() => isReady = true, 100);\n" +
      "while (!isReady) {}\n" +
      "using stop = new StopSignal();",
    ]],
    says: ["loop waits for nothing", /main\.ts:\d+/],
  },
  prompts: {
    words: "Reads lines with prompt()",
    edits: [[
      LINES,
      'for (let line = ""; ; ) {\n      line = prompt("") ?? "";',
    ]],
    says: ["prompt()", "readLines()"],
  },
  rejects: {
    words: "Leaves a promise that fails to itself",
    edits: [[
      "  // Send what is typed.",
      '  client.publishAsync("exercice3/#", "bonjour");\n  // Send what is typed.',
    ]],
    says: [/broke off|main\.ts:\d+/, "exercice3/#"],
  },
};
