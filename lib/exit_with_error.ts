import { describeError, findMistake } from "./describe_error.ts";
import { printable } from "./printable.ts";

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
