/**
 * What a program says when it breaks off, or can't even start.
 *
 * @module
 */
import { type Finding, quoteOf, withoutFolder } from "./finding.ts";
import { findSlip, isPython } from "./slips.ts";
import type { StudentProgram } from "./student_program.ts";

/** A program as it has ended. */
type Ended = Pick<
  StudentProgram,
  "code" | "folder" | "name" | "source" | "stderr"
>;

/** Errors of Deno before a program runs, and what they mean. */
const LOADING: readonly (readonly [RegExp, (match: string[]) => string])[] = [
  [
    /^error: Module not found ".*\/lib\/(?:mod|csv)\.ts"/m,
    () => 'the toolkit is at "../../lib/mod.ts", seen from the program',
  ],
  [
    /^error: Module not found "/m,
    () =>
      "it imports a module that isn't there: your own lie beside the program, " +
      "in no other folder, and end with .ts, .js or .json",
  ],
  [
    /^error: Uncaught SyntaxError: The requested module '(.+)' does not provide an export named '(.+)'/m,
    ([, module, name]) => `"${module}" has no "${name}"`,
  ],
  [
    /--cached-only is specified|^error: (?:Import "|Relative import path)/m,
    () =>
      "it imports code from elsewhere, and what is checked has only the " +
      "packages of the workbook",
  ],
  [
    /^error: (?:SyntaxError|The module's source code could not be parsed)/m,
    () => "Deno can't read it, and says where it stops",
  ],
];

/** Errors of a program that runs, and what they mean. */
const RUNNING: readonly (readonly [RegExp, (match: string[]) => string])[] = [
  [
    /Fatal JavaScript out of memory|Array buffer allocation failed|memory allocation of \d+ bytes failed/,
    () =>
      "It ran out of memory: something grows without end, such as a list in a " +
      "loop",
  ],
  [
    /Maximum call stack size exceeded/,
    () => "A function calls itself without end",
  ],
  [
    /Broker at (\S+) can't be reached: Deno does not permit it|Requires net access to "([^"]+)"/,
    ([, broker, other]) =>
      `It goes to ${broker ?? other}, which is not the broker of the check: ` +
      "brokerUrl() names that one, whatever stands in the program",
  ],
  [
    /NotCapable: Requires (\w+) access(?: to (.+?))?(?:,|$)/m,
    ([, what, to]) =>
      `It needs a permission that the exercise doesn't give: ${what} access` +
      (to === undefined ? "" : ` to ${to}`),
  ],
  [
    /ReferenceError: require is not defined/,
    () =>
      'Deno has import in the place of require: import { … } from "../../lib/mod.ts"',
  ],
  [
    /ReferenceError: (\S+) is not defined/,
    ([, name]) =>
      `"${name}" is not defined: it is misspelt, or missing in the import`,
  ],
  [
    /Top-level await promise never resolved/,
    () => "It awaits what never comes, and nothing else keeps it running",
  ],
];

/** Tells why a program doesn't even start; nothing if it does. */
export function findLoadError(program: Ended): Finding | undefined {
  for (const [pattern, words] of LOADING) {
    const match = pattern.exec(program.stderr);
    if (match === null) continue;
    const { quote, place } = lastWords(program);
    const python = findSlip(program.source, [isPython])?.words;
    const reason = python === undefined || /module/i.test(match[0])
      ? words(match)
      : python;
    return {
      words: `${subject(program)} doesn't start: ${reason}`,
      quote,
      place,
      isFatal: true,
    };
  }
}

/** Tells why a program broke off, if it ended with an error. */
export function findCrash(program: Ended): Finding | undefined {
  const { code, stderr } = program;
  if (code === undefined || code === 0) return undefined;
  const { quote, place } = lastWords(program);
  for (const [pattern, words] of RUNNING) {
    const match = pattern.exec(stderr);
    if (match !== null) return { words: words(match), quote, place };
  }
  const where = place === undefined ? "" : ` at ${place}`;
  return {
    words: `${subject(program)} broke off${where}, with exit code ${code}`,
    quote: quote.length > 0 ? quote : ["(without a word on standard error)"],
    place,
  };
}

/** Tells of a handler of messages that threw, which the toolkit survives. */
export function findHandlerFailure(program: Ended): Finding | undefined {
  const lines = withoutFolder(program.stderr, program.folder).split(/\r?\n/);
  const line = lines.find((line) => line.startsWith("Handler failed on "));
  if (line === undefined) return undefined;
  const place = /\(([^\s()]+:\d+)\)/.exec(line)?.[1];
  const where = place === undefined ? "" : ` at ${place}`;
  return {
    words: `The function that gets the messages broke off${where}`,
    quote: quoteOf([line]),
    place,
  };
}

/** How a finding calls a program. */
export function subject({ name }: Pick<StudentProgram, "name">): string {
  return name === "main" ? "The program" : `${name}.ts`;
}

/** The error in what a program printed, with the line where it happened. */
function lastWords(
  program: Ended,
): { quote: string[]; place: string | undefined } {
  const lines = withoutFolder(program.stderr, program.folder).split(/\r?\n/);
  const start = lines.findIndex((line) =>
    /^error: |Fatal JavaScript out of memory/.test(line)
  );
  if (start < 0) {
    const said = spoken(lines).slice(-2);
    // As the toolkit's exitWithError() names the line.
    const place = /\(([^\s()]+:\d+)\)$/.exec(said.at(-1) ?? "")?.[1];
    return { quote: quoteOf(said), place };
  }
  const error = lines.slice(start);
  const end = error.findIndex((line) => line === "Stack backtrace:");
  const told = spoken(end < 0 ? error : error.slice(0, end));
  const frames = told.filter((line) => /^ +at /.test(line));
  const own = frames.find((line) => !/\/|<anonymous>\)?$|ext:/.test(line)) ??
    frames.find((line) => !/\blib\/|ext:|npm:/.test(line));
  const place = /([^\s(/]+\.\w+:\d+)(?::\d+)?\)?$/.exec(own ?? "")?.[1];
  // Lines of the toolkit, or of Deno, tell a beginner nothing.
  const first = told.findIndex((line) => /^ +at /.test(line));
  const isOwn = own !== undefined && frames[0] === own;
  const message = (first < 0 ? told.slice(0, 1) : told.slice(0, first))
    .filter((_line, index) => index === 0 || isOwn);
  return {
    quote: quoteOf([...message.slice(0, 3), ...own === undefined ? [] : [own]]),
    place,
  };
}

function spoken(lines: readonly string[]): string[] {
  return lines.filter((line) => line.replaceAll(/[\s|#]/g, "") !== "");
}
