/** How a program is started, and where it shows itself. */
interface CaptureOptions {
  /** The folder that it runs in. */
  folder: string;
  /** Variables that it gets. */
  variables: Record<string, string>;
}

/** The screen of a terminal of the usual size. */
const SIZE = ["-x", "80", "-y", "24"];

/** In milliseconds. */
const LONGEST = 60_000;
const LOOK_AGAIN = 100;

/**
 * Runs a program to its end in a terminal, which is tmux's, and reads the screen.
 *
 * @param words The program and its arguments.
 * @param options Where it runs.
 * @returns The lines that are to be seen, without empty ones at the end.
 */
export async function captureScreen(
  words: readonly string[],
  { folder, variables }: CaptureOptions,
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
    while (await tmux("display-message", "-p", "#{pane_dead}") !== "1\n") {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
    return (await tmux("capture-pane", "-p")).trimEnd().split("\n");
  } finally {
    await tmux("kill-server");
  }
}
