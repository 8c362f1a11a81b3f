/**
 * A terminal whose whole screen is a program's.
 *
 * @module
 */

import { printable } from "../../lib/printable.ts";

/** A key that ends a program: Ctrl-C and Ctrl-D come as characters. */
const END_KEYS = ["\x03", "\x04"];

/** How much a terminal shows. One that doesn't say is taken for the usual one. */
export function terminalSize(): { columns: number; rows: number } {
  const { columns, rows } = Deno.consoleSize();
  return { columns: columns || 80, rows: rows || 24 };
}

/** Disposing of it gives the terminal back as it was. */
export class Terminal implements Disposable {
  readonly #input = Deno.stdin.readable.getReader();

  /** Takes the whole screen, and each key as it is pressed. */
  constructor() {
    Deno.stdin.setRaw(true);
    // Also a program that dies of a mistake of its own gives it back.
    globalThis.addEventListener(
      "unhandledrejection",
      () => this[Symbol.dispose](),
    );
    write("\x1b[?1049h\x1b[?25l"); // The other screen, without a cursor
  }

  /** Shows lines from the top, and nothing else. */
  show(lines: readonly string[]): void {
    const rows = lines.map((line, index) =>
      `\x1b[${index + 1};1H\x1b[2K${printable(line)}`
    );
    write(`${rows.join("")}\x1b[J`);
  }

  /** The keys that are pressed, until one that ends a program. */
  async *keys(): AsyncGenerator<string, void, void> {
    const decoder = new TextDecoder();
    for (;;) {
      const { value, done } = await this.#input.read();
      if (done) return;
      const text = decoder.decode(value, { stream: true });
      if (text.startsWith("\x1b")) continue; // An arrow or the like
      for (const key of text) {
        if (END_KEYS.includes(key)) return;
        yield key;
      }
    }
  }

  /** Gives the terminal back. */
  [Symbol.dispose](): void {
    write("\x1b[?25h\x1b[?1049l");
    Deno.stdin.setRaw(false);
    this.#input.cancel();
  }
}

/** Standard output or standard error. */
export type Target = Pick<typeof Deno.stdout, "writeSync">;

/** Writes all of a text, however little is taken at a time. */
export function write(text: string, target: Target = Deno.stdout): void {
  const bytes = new TextEncoder().encode(text);
  for (let start = 0; start < bytes.length;) {
    start += target.writeSync(bytes.subarray(start));
  }
}

/** A bar that fills: `[████░░░░] 1 of 2`. */
export function progressBar(done: number, total: number, width = 20): string {
  const filled = total === 0 ? 0 : Math.round(done / total * width);
  const bar = "█".repeat(filled) + "░".repeat(width - filled);
  return `[${bar}] ${done} of ${total}`;
}
