/**
 * Stands in for `@std/cli/prompt-secret` on networks that block JSR.
 * `contract_test.ts` says what it promises.
 *
 * @module
 */

/** Options of {@linkcode promptSecret}. */
export type PromptSecretOptions = {
  /** What is shown for each character; nothing if it is empty. */
  mask?: string;
  /** Whether the line is wiped afterwards. */
  clear?: boolean;
};

const CLEAR_LINE = "\r\x1b[K";

/**
 * Asks for a secret on the terminal, and shows a mask for each byte typed.
 *
 * @param message What is asked for.
 * @param options The mask, and whether the line is wiped.
 * @returns The secret, or `null` if standard input is no terminal.
 */
export function promptSecret(
  message = "Secret",
  options: PromptSecretOptions = {},
): string | null {
  if (!Deno.stdin.isTerminal()) return null;
  const { mask = "*", clear = false } = options;
  const prompt = `${message} `;
  write(prompt);
  // Windows has no mode that leaves Ctrl-C to the system.
  const cbreak = Deno.build.os !== "windows";
  Deno.stdin.setRaw(true, { cbreak });
  try {
    return readLine((length) => {
      if (mask) write(CLEAR_LINE + visible(prompt + mask.repeat(length)));
    });
  } finally {
    write(clear ? CLEAR_LINE : "\n");
    Deno.stdin.setRaw(false);
  }
}

/** The end of a text that fits on one line, so that it never wraps. */
function visible(text: string): string {
  // A terminal that doesn't know its width says 0.
  const columns = Deno.consoleSize().columns || 80;
  return text.slice(1 - columns);
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function readLine(onChange: (length: number) => void): string {
  const typed: number[] = [];
  const next = new Uint8Array(1);
  while (Deno.stdin.readSync(next)) {
    const [byte = 0] = next;
    if (byte === 0x0a || byte === 0x0d) break; // Enter
    if (byte === 0x08 || byte === 0x7f) typed.pop(); // Backspace
    else typed.push(byte);
    onChange(typed.length);
  }
  return new TextDecoder().decode(new Uint8Array(typed));
}
