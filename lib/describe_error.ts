import { fileURLToPath } from "node:url";
import { toError } from "./errors.ts";
import { printable } from "./printable.ts";

/** The errors that a mistake in a program ends with. */
const NAMES = [
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
];
const TOOLKIT = new URL(".", import.meta.url).href;
const FRAME = /((?:file|https?):\/\/.*):(\d+):\d+\)?$/;
const PACKAGE = /\/(?:node_modules|npm)\/|^https:\/\/jsr\.io\//;
/** How the toolkit, and programs, refuse what they are given. */
const REFUSAL = /: .*\b(?:must|needs?|has)\b|, expected /;

/**
 * Says in one line what was thrown. Where it is a mistake in the program, such as
 * `console.lgo is not a function`, the file and the line follow: nothing else would
 * tell where to look.
 */
export function describeError(thrown: unknown): string {
  const error = toError(thrown);
  const place = findMistake(error);
  return place === undefined ? error.message : `${error.message} (${place})`;
}

/**
 * Says in which line of which file the program has the mistake that an error tells
 * of.
 *
 * @returns The place, such as `/home/pi/gate.ts:12`; undefined if the toolkit has
 *   thrown the error, or the program refuses what it was given.
 */
function findMistake(error: Error): string | undefined {
  if (!NAMES.includes(error.name) || REFUSAL.test(error.message)) return;
  for (const line of error.stack?.split("\n") ?? []) {
    const [, url = "", row] = FRAME.exec(line) ?? [];
    // What Deno and packages do, they do for whoever has called them.
    if (url === "" || PACKAGE.test(url)) continue;
    if (url.startsWith(TOOLKIT)) return;
    return `${url.startsWith("file:") ? fileURLToPath(url) : url}:${row}`;
  }
}

/**
 * Ends the program with one line that says what went wrong, and without a stack trace.
 * The exit code is 2 if the program was called wrongly (an address, a topic or an
 * option that isn't valid), and 1 for all else. A mistake in the program, such as
 * `console.lgo is not a function`, is told with its file and line. What a stop has
 * aborted is no error: it ends with 0 and without a word.
 *
 * @example A program that says so if there is no broker
 * ```ts
 * import { connect, exitWithError, startBroker } from "./mod.ts";
 * import { assert } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * await using client = await connect(broker.url).catch(exitWithError);
 * assert(client.connected);
 * ```
 */
export function exitWithError(error: unknown): never {
  if (error instanceof Error && error.name === "AbortError") {
    Deno.exit(); // With 0, unless Deno.exitCode says otherwise
  }
  console.error(printable(describeError(error)));
  const isMisuse =
    (error instanceof TypeError || error instanceof RangeError) &&
    findMistake(error) === undefined;
  Deno.exit(isMisuse ? 2 : 1);
}
