/**
 * Stands in for `@std/cli/prompt-secret` on networks that block JSR.
 * `contract_test.ts` says what it promises.
 *
 * @module
 */

/**
 * Asks for a secret on the terminal, and shows nothing of what is typed.
 *
 * @param message What is asked for.
 * @param _options That nothing is shown, which the original has to be told.
 * @returns The secret, or `null` if standard input is no terminal.
 */
export function promptSecret(
  message: string,
  _options: { mask: "" },
): string | null {
  if (!Deno.stdin.isTerminal()) return null;
  write(`${message} `);
  // Windows has no mode that leaves Ctrl-C to the system.
  const cbreak = Deno.build.os !== "windows";
  Deno.stdin.setRaw(true, { cbreak });
  try {
    return readLine();
  } finally {
    write("\n");
    Deno.stdin.setRaw(false);
  }
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function readLine(): string {
  const typed: number[] = [];
  const next = new Uint8Array(1);
  while (Deno.stdin.readSync(next)) {
    const [byte = 0] = next;
    if (byte === 0x0a || byte === 0x0d) break; // Enter
    if (byte === 0x08 || byte === 0x7f) typed.pop(); // Backspace
    else typed.push(byte);
  }
  return new TextDecoder().decode(new Uint8Array(typed));
}
