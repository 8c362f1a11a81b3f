/**
 * The pictures of the pages, as data, and what they show.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { startBroker } from "../../lib/mod.ts";
import { COMMANDS } from "../launcher/commands.ts";
import { captureScreen } from "./capture_screen.ts";

/** A picture of what a task shows on a terminal. */
interface Picture {
  /** Its file, beside this one. */
  file: string;
  /** The task, whose name is what the reader types. */
  task: string;
  /** Arguments that the reader need not type: they make it short. */
  args: string[];
}

/** All pictures. */
export const PICTURES: readonly Picture[] = [
  {
    file: "start.svg",
    task: "start",
    args: ["--speed", "100", "--seconds", "2.5"],
  },
];

/** Runs a picture's task to its end, on a broker of its own, and reads the screen. */
export async function showTask({ task, args }: Picture): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  await using broker = await startBroker({ port: 0 });
  const flags = ["deno.json", "workbook/npm_std/import_map.json"]
    .map((path) => fileURLToPath(new URL(`../../${path}`, import.meta.url)))
    .map((path, index) => `${["--config", "--import-map"][index]}=${path}`);
  const [step] = COMMANDS[task]!.steps(args);
  try {
    return await captureScreen(
      [Deno.execPath(), step!.subcommand, ...flags, ...step!.args],
      {
        folder,
        variables: {
          ...step!.variables,
          MQTT_URL: broker.url,
          WORKBOOK_FLAGS: JSON.stringify(flags),
        },
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
