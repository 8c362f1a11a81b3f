import { Buffer } from "node:buffer";
import { StopSignal } from "./stop_signal.ts";

/** What ends a line: a line feed, or one that a carriage return may precede. */
type LineEnd = "LF" | "CRLF";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Splits bytes into lines, without their ends, as soon as they come: each item
 * holds what one chunk completed. The last line may lack its end.
 *
 * @param chunks The bytes, cut anywhere.
 * @param end What ends a line.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  end: LineEnd,
): AsyncGenerator<Uint8Array[], void, void> {
  const begun: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = [];
    let start = 0;
    let stop = chunk.indexOf(LINE_FEED);
    while (stop >= 0) {
      begun.push(chunk.subarray(start, stop));
      lines.push(trim(join(begun.splice(0)), end));
      start = stop + 1;
      stop = chunk.indexOf(LINE_FEED, start);
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) yield [join(begun)];
}

function join(pieces: Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return first && pieces.length === 1 ? first : Buffer.concat(pieces);
}

function trim(line: Uint8Array, end: LineEnd): Uint8Array {
  const hasReturn = end === "CRLF" && line.at(-1) === CARRIAGE_RETURN;
  return hasReturn ? line.subarray(0, -1) : line;
}

/** Options of {@linkcode readLines}. */
export interface ReadLinesOptions {
  /**
   * What is read; standard input unless given. It must be a byte stream, as
   * `Blob.stream()` and the output of a `Deno.Command` are.
   */
  input?: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Ends the reading when aborted. */
  signal?: AbortSignal;
}

/**
 * Reads standard input line by line: what a user types, or what is piped in. It goes on
 * until the end of the input, Ctrl-C, SIGTERM or `options.signal`.
 *
 * A line comes as UTF-8 and without its end (LF or CRLF), the last one also if it has
 * none. Not a byte is read ahead, so that what follows is left to whoever reads next;
 * this takes some 10 µs a byte. A stop while it waits for a line closes the input.
 *
 * @example Answering each line
 * ```ts
 * import { readLines } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const input = new Blob(["Hello\r\nworld!"]).stream();
 * const answers: string[] = [];
 * // A program reads what is typed: for await (const line of readLines())
 * for await (const line of readLines({ input })) {
 *   answers.push(`You said: ${line}`);
 * }
 * assertEquals(answers, ["You said: Hello", "You said: world!"]);
 * ```
 */
export async function* readLines(
  options: ReadLinesOptions = {},
): AsyncGenerator<string, void, void> {
  const { input = Deno.stdin.readable, signal } = options;
  using stop = new StopSignal(signal);
  const decoder = new TextDecoder();
  const bytes = readBytes(input, stop.signal);
  for await (const lines of splitLines(bytes, "CRLF")) {
    for (const line of lines) {
      // What a stop has cut off is no line.
      if (stop.signal.aborted) return;
      yield decoder.decode(line);
    }
  }
}

/** Reads byte by byte, as a shell's `read` does, to take no byte too many. */
async function* readBytes(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader({ mode: "byob" });
  let isWaiting = false;
  const cancel = () => {
    if (isWaiting) reader.cancel();
  };
  signal.addEventListener("abort", cancel);
  try {
    while (!signal.aborted) {
      isWaiting = true;
      const { value, done } = await reader.read(new Uint8Array(1));
      isWaiting = false;
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    reader.releaseLock();
  }
}
