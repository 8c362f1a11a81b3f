import { join } from "node:path";

/** What is typed while a program runs. */
export interface Typing {
  /** The lines. */
  lines: readonly string[];
  /** What the program shows each time that it waits for a line. */
  prompt: string;
  /** A file of the program's folder, and what must be in it before. */
  written: { file: string; text: string };
}

/** How a program is started, and what it is told. */
interface CaptureOptions {
  /** The folder that it runs in. */
  folder: string;
  /** Variables that it gets. */
  variables: Record<string, string>;
  /** What is typed, if it asks for anything. */
  typing?: Typing | undefined;
}

/** The screen of a terminal of the usual size. */
const SIZE = ["-x", "80", "-y", "24"];

/** In milliseconds. */
const LONGEST = 60_000;
const LOOK_AGAIN = 100;

/**
 * Runs a program to its end in a terminal, which is tmux's, and reads the screen.
 * Whatever it waits for, it is over after a minute.
 *
 * @param words The program and its arguments.
 * @param options Where it runs.
 * @returns The lines that are to be seen, without empty ones at the end.
 */
export async function captureScreen(
  words: readonly string[],
  { folder, variables, typing }: CaptureOptions,
): Promise<string[]> {
  // A server of its own, which knows nothing of the user's settings.
  const server = ["-L", crypto.randomUUID(), "-f", "/dev/null"];
  const signal = AbortSignal.timeout(LONGEST);
  const tmux = async (...args: string[]) => {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: [...server, ...args],
      signal,
    }).output();
    if (success) return new TextDecoder().decode(stdout);
    throw new Error(new TextDecoder().decode(stderr).trim() || "tmux failed");
  };
  const until = async (isSo: () => Promise<boolean>) => {
    while (!await isSo()) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
  };
  const screen = async () => (await tmux("capture-pane", "-p")).trimEnd();
  const program = words.map((word) => `'${word}'`).join(" ");
  const env = Object.entries(variables).flatMap(([name, value]) => [
    "-e",
    `${name}=${value}`,
  ]);
  try {
    // A terminal is dead once all that its program printed is on the screen.
    await tmux(
      ...["set-option", "-g", "remain-on-exit", "on", ";"],
      ...["set-option", "-gq", "remain-on-exit-format", "", ";"],
      ...["new-session", "-d", ...SIZE, "-c", folder, ...env, program],
    );
    for (const [index, line] of typing?.lines.entries() ?? []) {
      const { prompt, written: { file, text } } = typing!;
      await until(async () =>
        (await screen()).split(prompt).length > index + 1
      );
      const path = join(folder, file);
      await until(async () => (await Deno.readTextFile(path)).includes(text));
      await tmux("send-keys", line, "Enter");
    }
    await until(async () =>
      await tmux("display-message", "-p", "#{pane_dead}") === "1\n"
    );
    return (await screen()).split("\n");
  } finally {
    await tmux("kill-server");
  }
}
