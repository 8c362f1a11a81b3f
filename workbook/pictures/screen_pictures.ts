/**
 * The pictures of terminals, as data, and what they show.
 *
 * @module
 */
import { join } from "node:path";
import { startBroker } from "../../lib/mod.ts";
import { taskProgram } from "./start_task.ts";

/** A picture of what a task shows on a terminal. */
interface ScreenPicture {
  /** Its file, seen from the project's folder. */
  file: string;
  /** The task, whose name is what the reader types. */
  task: string;
  /** Arguments that the reader need not type: they make it short. */
  args: string[];
  /** What the reader then types. */
  typing?: Typing;
}

/** All pictures of terminals. */
export const SCREEN_PICTURES: readonly ScreenPicture[] = [
  {
    file: "workbook/pictures/start.svg",
    task: "start",
    args: ["--speed", "100", "--seconds", "2.5"],
  },
  {
    file: "lessons/12_monitor_app/monitor.svg",
    task: "lesson:12",
    args: [],
    typing: {
      lines: ["0", "1", "2", "3", "4"],
      prompt: "4)종료",
      // The last sensor's first value comes after those of the others, and is
      // in the file before it is in the mean.
      written: { file: "sensorvalues.csv", text: "/dust," },
    },
  },
];

/** The folder that programs seem to run in. */
const FOLDER = "/home/ann/workbook";

/** Runs a picture's task to its end, on a broker of its own, and reads the screen. */
export async function showTask(
  { task, args, typing }: ScreenPicture,
): Promise<string[]> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await using broker = await startBroker({ port: 0 });
  const { words, variables } = taskProgram(task, args, broker.url);
  try {
    const lines = await captureScreen(words, { folder, variables, typing });
    return lines.map((line) => line.replaceAll(folder, FOLDER));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What is typed while a program runs. */
interface Typing {
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
async function captureScreen(
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
