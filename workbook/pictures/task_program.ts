import { fileURLToPath } from "node:url";
import { COMMANDS } from "../launcher/commands.ts";

/** A program as it is started. */
interface TaskProgram {
  /** The program and its arguments. */
  words: [program: string, ...args: string[]];
  /** Variables that it gets. */
  variables: Record<string, string>;
}

/**
 * What a task starts, without the launcher before it.
 *
 * @param task The task's name.
 * @param args What follows it.
 * @param broker The broker's address.
 */
export function taskProgram(
  task: string,
  args: string[],
  broker: string,
): TaskProgram {
  const flags = ["deno.json", "workbook/npm_std/import_map.json"]
    .map((path) => fileURLToPath(new URL(`../../${path}`, import.meta.url)))
    .map((path, index) => `${["--config", "--import-map"][index]}=${path}`);
  const [step] = COMMANDS[task]!.steps(args);
  return {
    words: [Deno.execPath(), step!.subcommand, ...flags, ...step!.args],
    variables: {
      ...step!.variables,
      MQTT_URL: broker,
      WORKBOOK_FLAGS: JSON.stringify(flags),
    },
  };
}
