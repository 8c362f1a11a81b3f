import { splitLines } from "../lines.ts";
import type { PressSource } from "./press_source.ts";

/** Longer than a terminal takes to begin and to go on repeating a held key. */
const LONGEST_REPEAT = 700;

const LINE_FEED = 0x0a;
const PRESS_KEYS = [LINE_FEED, 0x0d, 0x20];
/** Ctrl-C, where it comes as a character (Windows), and Ctrl-D. */
const END_KEYS = [0x03, 0x04];

/**
 * Opens standard input as a button: the keys of a terminal, or lines. Closing
 * the button closes standard input.
 */
export function openKeyboard(): PressSource {
  const reader = Deno.stdin.readable.getReader();
  const isTerminal = Deno.stdin.isTerminal();
  // Keys come one by one, and unless on Windows, Ctrl-C still sends SIGINT.
  const cbreak = Deno.build.os !== "windows";
  if (isTerminal) Deno.stdin.setRaw(true, { cbreak });
  const chunks = read(reader);
  return {
    presses: isTerminal ? countKeys(chunks) : countLines(chunks),
    close() {
      if (isTerminal) Deno.stdin.setRaw(false);
      // A stream that has failed is closed already, and says so once more.
      reader.cancel().catch(() => {});
    },
  };
}

async function* read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}

/**
 * Counts the presses of space and Enter, of which those that follow closely are
 * repeats of a key that is held.
 */
export async function* countKeys(
  chunks: AsyncIterable<Uint8Array>,
  now: () => number = () => performance.now(),
): AsyncGenerator<number, void, void> {
  let last = -Infinity;
  for await (const chunk of chunks) {
    for (const key of chunk) {
      if (END_KEYS.includes(key)) return;
      if (!PRESS_KEYS.includes(key)) continue;
      const time = now();
      if (time - last >= LONGEST_REPEAT) yield 1;
      last = time;
    }
  }
}

/** Counts lines, each time that some are complete. */
async function* countLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<number, void, void> {
  for await (const lines of splitLines(chunks, "LF")) yield lines.length;
}
