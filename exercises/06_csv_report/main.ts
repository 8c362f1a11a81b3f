/**
 * Exercise 06: count, mean, minimum and maximum of each topic.
 *
 * README.md is the task. Check it: deno task check 06
 */
// For the linter, until the function is used:
// deno-lint-ignore-file no-unused-vars

// This package knows about commas, quotes, and both kinds of line breaks:
// import { parse } from "@std/csv";

// TODO 1: Read the file that is given as an argument (Deno.args), and
// sensorvalues.csv if there is none: Deno.readTextFile gives its text.
// TODO 2: If it can't be read, print one line with its name on standard error,
// and end with exit code 1.

// TODO 3: Cut off a last row that doesn't end with a line break.

// TODO 4: Take the text apart into rows and fields. A field may stand in
// quotes, and rows end with CRLF or LF: don't split at commas yourself.
// TODO 5: Only the second field, the topic, and the third, the value, matter.
// Skip rows whose value isn't a number. What does Number("") give?

// TODO 6: Keep the values of each topic.
function printReport(topic: string, values: number[]): void {
  // TODO 7: Print the line of README.md: count, mean, min and max, with two
  // digits after the point. Topics come in the order of their names.
}

// Extra
// TODO 8: If rows were skipped, the last line on standard error says how many.
// TODO 9: The last row may be torn inside of quotes that hold a line break.

// Remove this line when there is something to do.
console.error(
  "Nothing to do yet: begin with TODO 1 in exercises/06_csv_report/main.ts",
);
