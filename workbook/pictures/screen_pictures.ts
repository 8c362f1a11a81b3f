/**
 * The pictures of terminals, as data, and what they show.
 *
 * @module
 */
import { startBroker } from "../../lib/mod.ts";
import { captureScreen, type Typing } from "./capture_screen.ts";
import { taskProgram } from "./task_program.ts";

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
