import type { Mistakes } from "../../workbook/checking/mistake.ts";

/** Typical wrong answers to exercise 06. */
export const mistakes: Mistakes = {
  canned: {
    breaks: "report",
    words: "Prints the page's example, and never reads the file",
    text:
      `console.log("iot/user1/humi: count 1, mean 40.00, min 40.00, max 40.00");
console.log("iot/user1/temp: count 2, mean 21.50, min 20.00, max 23.00");
`,
  },
  counts_torn_row: {
    breaks: "torn",
    words: "Takes the last row as it is, whole or not",
    edits: [[
      "parse(cutTornRow(await Deno.readTextFile(file)))",
      "parse(await Deno.readTextFile(file))",
    ]],
  },
  empty_is_zero: {
    breaks: "not-a-number",
    words: 'Number("") is 0, and so a missing value counts as one',
    edits: [['text.trim() === "" ? NaN : Number(text)', "Number(text)"]],
  },
  ends_at_header: {
    breaks: "not-a-number",
    words: "Ends at the first row that isn't a reading",
    edits: [[
      "skipped++;\n    continue;",
      'console.error(`Value is not a number: "${text}"`);\n    Deno.exit(1);',
    ]],
  },
  ignores_argument: {
    breaks: "argument",
    words: "Always reads sensorvalues.csv",
    edits: [[
      'const [file = "sensorvalues.csv"] = Deno.args;',
      'const file = "sensorvalues.csv";',
    ]],
  },
  mean_of_means: {
    breaks: "report",
    words: "Takes the mean of the mean so far and the next value",
    edits: [[
      "values.reduce((sum, value) => sum + value) / values.length",
      "values.reduce((mean, value) => (mean + value) / 2)",
    ]],
  },
  split_commas: {
    breaks: "quotes",
    words: "Takes each comma for the end of a field",
    edits: [[
      "parse(cutTornRow(await Deno.readTextFile(file)))",
      "cutTornRow(await Deno.readTextFile(file)).trim()\n" +
      '    .split("\\n").map((row) => row.trim().split(","))',
    ]],
  },
  stack_trace: {
    breaks: "missing-file",
    words: "Lets the error end the program, with a stack trace",
    edits: [[
      'console.error(`Cannot read "${file}": ${error.message}`);\n' +
      "  Deno.exit(1);",
      "throw error;",
    ]],
  },
  string_minimum: {
    breaks: "report",
    words: 'Sorts the values as texts, so that "10.25" is below "9.5"',
    edits: [[".sort((one, other) => one - other)", ".sort()"]],
  },
  three_columns_only: {
    breaks: "foreign",
    words: "Skips rows that have more columns than the recorder writes",
    edits: [
      ['text = ""] of rows', 'text = "", ...others] of rows'],
      [
        "if (!Number.isFinite(value))",
        "if (!Number.isFinite(value) || others.length > 0)",
      ],
    ],
  },
};
