/**
 * Reports on recordings: the figures of each topic, on the terminal and as a page.
 *
 * @module
 */
import { printable } from "../../lib/printable.ts";
import { RecordingError } from "../../lib/recording_error.ts";
import { assertTopicFilter } from "../../lib/topics.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { assertMayWrite, writePage } from "../report/page_file.ts";
import { readReport, type Report } from "../report/read_report.ts";
import { toJsonLines } from "../report/report_json.ts";
import { describeNotes, shortTopic } from "../report/report_notes.ts";
import { toPage } from "../report/report_page.ts";
import { toTable } from "../report/report_table.ts";
import { terminalSize } from "../terminal/terminal.ts";

const HELP = `
Reports on recordings, which "deno task record" and "deno task start" write.

Usage: deno task report FILE... [-t FILTER]... [--html FILE [--force]] [--json]
                              [--deduplicate]

  FILE         a CSV file with the rows time, topic, value; - is standard input.
               Several files are read as one recording, in the order of time
  -t FILTER    only topics that this filter matches (iot/+/temp); may be
               repeated; --topic is the same
  --html FILE  also write a page, to print or to hand in: one file with tables
               and charts, which needs nothing else
  --force      overwrite the page if it is there
  --deduplicate  count a row once that recorders which share have both
  --json       print a line of JSON for each topic instead of tables

For each topic it shows how many rows there are, the mean, least and greatest
value, the first and the last row, the pauses, and a curve.

A pause is the time from one row of a topic to its next. A gap is a pause longer
than three times the topic's median pause; half of its pauses are no longer than
the median. So a sensor that publishes every 5 s has a gap where nothing came
for more than 15 s. Curves and charts are broken there. The time before a
topic's first row, or after its last one, is no pause: compare those rows.

Times are read to the millisecond; a median above 1 s is right to 0.2 %. Times
without an offset are local ones. A row that is earlier than a row before it, of
the same topic, counts in all figures but the pauses; that happens when a clock
is set back, as at the end of summer time. Lines that are no rows are left out,
and so is a last row without a line end, which may be half of one. The report
says how many those are, and which values are no numbers.

JSON has, with times in UTC and lengths in seconds,

  { topic, rows, numbers, texts, hugeNumbers, mean, minimum, maximum,
    first: { time, value }, last: { time, value },
    medianPause, longestPause: { from, seconds }, gaps, outOfOrder }

where a value is a text if it is no number, or a whole number beyond 2^53, which
JSON's readers would round; and null stands for what there is not.
`;

/** How wide tables are where there is no terminal. */
const USUAL_WIDTH = 80;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["html"],
    collect: ["topic"],
    boolean: ["force", "json", "deduplicate"],
    alias: { t: "topic" },
    positional: Infinity,
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  const files = readFiles(options.positional);
  const filters = options.texts("topic");
  filters.forEach(assertTopicFilter);
  const page = options.text("html");
  const force = options.has("force");
  if (page !== undefined) await assertMayWrite(page, { files, force });
  else if (force) throw new UsageError("Option --force needs --html");

  const report = await read(files, filters, {
    deduplicate: options.has("deduplicate"),
  });
  if (page !== undefined) await writePage(page, toPage(report));
  if (options.has("json")) {
    for (const line of toJsonLines(report)) console.log(line);
    for (const note of describeNotes(report)) console.error(note);
  } else {
    const width = Deno.stdout.isTerminal()
      ? terminalSize().columns
      : USUAL_WIDTH;
    for (const line of toTable(report, width)) console.log(line);
  }
  if (page !== undefined) console.error(printable(`Wrote ${page}`));
}

function readFiles(files: readonly string[]): readonly string[] {
  if (files.length === 0) {
    throw new UsageError(
      'FILE is missing: it is called as in "deno task report sensorvalues.csv"',
    );
  }
  const twice = files.find((file, index) => files.indexOf(file) < index);
  if (twice === undefined) return files;
  throw new UsageError(`File "${twice}" is given twice`);
}

/** Reads a report that has a row. */
async function read(
  files: readonly string[],
  filters: readonly string[],
  options: { deduplicate: boolean },
): Promise<Report> {
  let report: Report;
  try {
    report = await readReport(files, filters, options);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
  if (report.rows > 0) return report;
  if (report.otherTopics.length > 0) {
    const topics = report.otherTopics.map(shortTopic).join(", ");
    throw new UsageError(
      `No topic matches "${
        filters.join('" or "')
      }": the recording has ${topics}`,
    );
  }
  const notes = describeNotes(report);
  throw new UsageError(
    notes.length > 0
      ? `There is no row to report on: ${notes.join("; ")}`
      : emptyFiles(files),
  );
}

function emptyFiles(files: readonly string[]): string {
  const names = files.map((file) => `"${file}"`).join(", ");
  return files.length === 1
    ? `File ${names} has no row: it is empty`
    : `Files ${names} have no row: they are empty`;
}
