import type { Slips } from "../../workbook/checking/mistake.ts";

/** Slips of beginners in exercise 04. */
export const slips: Slips = {
  adds_texts: {
    words: "Adds texts to a number",
    program: "subscriber",
    edits: [
      ["{ percent: number; at: number }", "{ percent: string; at: number }"],
      ["percent: Number(text),", "percent: text,"],
      ["    y - x ||", "    Number(y) - Number(x) ||"],
    ],
    says: ["This is string, and number is needed", "sum += percent"],
  },
  fills_memory: {
    words: "A list grows without end",
    program: "subscriber",
    edits: [[
      "try {\n  if",
      "const values: number[][] = [];\n" +
      "while (values.length >= 0) values.push(Array(9999).fill(0));\n" +
      "try {\n  if",
    ]],
    says: ["ran out of memory"],
  },
  number_as_payload: {
    words: "Publishes a number, and a payload is text",
    program: "publisher",
    edits: [["String(Math.round(luminosity))", "Math.round(luminosity)"]],
    says: ["payload is text", "String("],
  },
  short_rule: {
    words: "The rule has 12 hyphens",
    program: "subscriber",
    edits: [['"-------------"', '"------------"']],
    says: ["13 hyphens"],
  },
  wrong_variable: {
    words: "The variable's name is misspelt",
    program: "publisher",
    edits: [['"PERIOD"', '"PERIODE"']],
    says: ["variable PERIOD"],
  },
};
