/**
 * Checks the types of students' programs, without running them.
 *
 * @module
 */
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { type Finding, quoteOf } from "./finding.ts";
import { findSlip, isPython } from "./slips.ts";
import type { Files } from "./student_files.ts";

/** How types are checked. */
interface TypeCheckOptions {
  /** The programs' texts, by their paths from the folder. */
  files: Files;
  /** Deno's flags for the project. */
  flags: readonly string[];
  /** Puts limits around a command, where nobody knows who wrote the programs. */
  limit?: (command: readonly string[]) => string[];
  /** How long it may take, in milliseconds; 20,000 unless given. */
  deadline?: number;
  /** Gives up. */
  signal?: AbortSignal;
}

/** Longer than it takes on a busy machine, in milliseconds. */
const DEADLINE = 20_000;

/**
 * Errors that mean little where something else is wrong: a program without types
 * may be right.
 */
const WEAK = new Set([
  // Without a type
  ...["TS7005", "TS7006", "TS7031", "TS7034", "TS7053", "TS18046"],
  // Without a look whether it is there
  ...["TS2531", "TS2532", "TS2538", "TS18047", "TS18048", "TS18049"],
]);

/** The sentence that helps, by what an error says. */
const ADVICE: readonly (readonly [RegExp, (match: string[]) => string])[] = [
  [
    /Type '(?:Button|AsyncGenerator<.*|AsyncIterable.*)' must have a '\[Symbol\.iterator\]/,
    () => "What comes one after the other takes for await (…), not for (…)",
  ],
  [
    /'await' expressions are only allowed within async functions/,
    () =>
      "An await stands in a function that isn't async: write async before " +
      "the function",
  ],
  [
    /'(?:void|Promise<void>)' is not assignable to parameter of type '(?:OnMessage|PacketCallback|\()/,
    () =>
      "A function is called here, and should only be given: its name without " +
      "(…), or () => and the call",
  ],
  [
    /on type 'Promise<|Type 'Promise<|of type 'Promise<|Did you forget to use 'await'|object that may be .*'Promise/,
    () =>
      "An await is missing: without it, one has a promise, and not yet what " +
      "it promises",
  ],
  [
    /initializer of an? '(?:await )?using' declaration/i,
    () =>
      'An await is missing after the =, or "using" is used for what has ' +
      "nothing to close",
  ],
  [
    /has no exported member (?:named )?'(.+?)'(?:\. Did you mean '(.+?)')?/,
    ([, name, other]) =>
      `The module has no "${name}"` +
      (other === undefined
        ? ": deno doc lib/mod.ts lists what the toolkit has"
        : `: it is "${other}"`),
  ],
  [
    /Cannot find module '.*\/lib\/(?:mod|csv)\.ts'/,
    () => 'The import leads nowhere: the toolkit is at "../../lib/mod.ts"',
  ],
  [/Cannot find module/, () => "The import leads nowhere"],
  [
    /not a dependency and not in import map|Relative import path/,
    () =>
      'There is no such package: the toolkit is at "../../lib/mod.ts", and ' +
      "your own modules begin with ./",
  ],
  [
    /Cannot find name '(.+?)'(?:\. Did you mean '(.+?)')?/,
    ([, name, other]) =>
      `"${name}" is unknown here: it is misspelt` +
      (other === undefined ? "" : ` ("${other}"?)`) +
      ", or missing in the import",
  ],
  [
    /(?:Parameter|Binding element) '(.+?)' implicitly has an 'any' type/,
    ([, name]) =>
      `"${name}" has no type, which may be right, and no editor can help with ` +
      "it: a message's type is Message",
  ],
  [
    /Property '(.+?)' does not exist on type '(.+?)'(?:\. Did you mean '(.+?)')?/,
    ([, name, type = "", other]) =>
      `"${name}" is no part of ${type.length > 40 ? "this" : type}` +
      (other === undefined ? "" : `: it is "${other}"`),
  ],
  [
    /Cannot assign to '(.+?)' because it is a constant/,
    ([, name]) =>
      `"${name}" is a const, which never changes: let makes a variable that does`,
  ],
  [
    /Type '.*' is not assignable to type '(?:QoS|0 \| 1 \| 2)/,
    () => "The QoS is a number: 0, 1 or 2, without quotes",
  ],
  [
    /Argument of type '(.+?)' is not assignable to parameter of type '(?:PublishPayload|string \| Buffer|string \| Uint8Array)/,
    ([, type]) =>
      `A payload is text, and this is ${type}: String(…) makes text of a number`,
  ],
  [
    /does not exist in type 'Buffer/,
    () =>
      "A payload is text, and this is an object: JSON.stringify(…) makes text " +
      "of one, if an object is asked for",
  ],
  [
    /Type '(.+?)' is not assignable to type '(.+?)'/,
    ([, given, wanted]) => `This is ${given}, and ${wanted} is needed`,
  ],
  [
    /Argument of type '(.+?)' is not assignable to parameter of type '(.+?)'/,
    ([, given, wanted]) =>
      `An argument is of the wrong kind: it is ${given}, and ${wanted} is needed`,
  ],
  [
    /Expected (\S+(?: or more)?) arguments?, but got (\d+)/,
    ([, wanted, given]) =>
      `The call has ${given} arguments, and needs ${wanted}`,
  ],
];

/**
 * Checks types, as an editor does.
 *
 * @param folder The folder of an exercise, or of several.
 * @param options What is checked, and how.
 * @returns What is wrong, by the files' paths; what may matter first.
 */
export async function findTypeErrors(
  folder: string,
  { files, ...options }: TypeCheckOptions,
): Promise<Map<string, Finding[]>> {
  const found = new Map<string, Finding[]>();
  let left = Object.keys(files).filter((file) => !file.endsWith(".json"));
  // A file that can't be read hides what is wrong with the others.
  while (left.length > 0) {
    const output = await denoCheck(folder, left, options);
    const errors = readErrors(output, folder, files);
    for (const { file, finding } of errors) {
      found.set(file, [...found.get(file) ?? [], finding]);
    }
    const unread = errors.filter(({ finding }) => finding.isFatal)
      .map(({ file }) => file);
    const others = left.filter((file) => !unread.includes(file));
    if (unread.length === 0 || others.length === left.length) break;
    left = others;
  }
  for (const findings of found.values()) {
    findings.sort((one, other) =>
      Number(one.isWeak ?? false) - Number(other.isWeak ?? false)
    );
  }
  return found;
}

async function denoCheck(
  folder: string,
  files: readonly string[],
  {
    deadline = DEADLINE,
    flags,
    limit = (command) => [...command],
    signal,
  }: Omit<
    TypeCheckOptions,
    "files"
  >,
): Promise<string> {
  const [command = "", ...args] = limit([
    Deno.execPath(),
    "check",
    "--quiet",
    ...flags,
    "--cached-only",
    ...files.map((file) => `./${file}`),
  ]);
  signal?.throwIfAborted();
  const child = new Deno.Command(command, {
    args,
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const kill = () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended in this moment.
    }
  };
  const timer = setTimeout(kill, deadline);
  signal?.addEventListener("abort", kill, { once: true });
  try {
    const { stderr } = await child.output();
    signal?.throwIfAborted();
    return new TextDecoder().decode(stderr);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
  }
}

function readErrors(
  output: string,
  folder: string,
  files: Files,
): { file: string; finding: Finding }[] {
  const base = `${pathToFileURL(folder).href}/`;
  const blocks = output.replaceAll("\r\n", "\n")
    .split(/^(?=TS\d+ \[ERROR\]: |error: |Found \d+ errors)/m);
  return blocks.flatMap((block) => {
    const lines = block.split("\n");
    const end = lines.findIndex((line) => /^ +at file:/.test(line));
    // What belongs to the error before it is indented.
    if (end < 0 || /^TS\d+ \[ERROR\]: {2}/.test(block)) return [];
    const url = lines[end]!.trim().replace(/^at /, "");
    if (!url.startsWith(base)) return [];
    const [, file = "", row = ""] = /^(.+):(\d+):\d+$/
      .exec(decodeURIComponent(url.slice(base.length))) ?? [];
    if (!Object.hasOwn(files, file)) return [];
    const text = new TextDecoder().decode(files[file]);
    return [{
      file,
      finding: toFinding(lines.slice(0, end), text, { file, row }),
    }];
  });
}

function toFinding(
  lines: readonly string[],
  text: string,
  { file, row }: { file: string; row: string },
): Finding {
  const [head = ""] = lines;
  const name = basename(file);
  const place = `${name}:${row}`;
  const code = /^TS\d+/.exec(head)?.[0] ?? "";
  const isFatal = code === "";
  const message = lines.join("\n");
  // The line and the caret below it come last; between, why it doesn't fit.
  const caret = lines.findLastIndex((line) => /^[ |]*~/.test(line));
  const depth = /^ */.exec(lines[caret - 1] ?? "")![0].length;
  const source = caret < 1
    ? []
    : [lines[caret - 1]!, lines[caret]!].map((line) => line.slice(depth));
  return {
    words: isFatal
      ? `${name} can't be read, from line ${row} on: ` +
        (findSlip(text, [isPython])?.words ?? strangeQuote(message) ??
          "a bracket, a comma or a quote may be missing just before")
      : adviceOn(message) ?? `Deno finds a mistake in line ${row} of ${name}`,
    quote: quoteOf([
      head.replaceAll(/file:\/\/\S*\/(?=(?:lib|exercises)\/)/g, ""),
      ...source,
      `    at ${place}`,
    ]),
    place,
    isFatal,
    isWeak: WEAK.has(code),
  };
}

/** What a word processor makes of quotes. */
function strangeQuote(message: string): string | undefined {
  const quote = /UnexpectedChar \{ c: '([“”„‘’«»´])'/.exec(message)?.[1];
  return quote && `${quote} is no quote in a program: " is, and so is '`;
}

function adviceOn(message: string): string | undefined {
  for (const [pattern, words] of ADVICE) {
    const match = pattern.exec(message);
    if (match !== null) return words(match);
  }
}
