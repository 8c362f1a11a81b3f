/**
 * Follows the steps of a page as a reader does.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { startProcess } from "../processes.ts";
import { denoFlags } from "../deno_flags.ts";

const PROJECT = new URL("../../", import.meta.url);
const EXERCISE = new URL("exercises/05_qos2_authentication/", PROJECT);

/** A command of a page, as a terminal understands it. */
export interface Command {
  /** The variables before it. */
  variables: Record<string, string>;
  /** The command and its arguments. */
  words: string[];
}

/**
 * Finds the blocks of a page that are of one language.
 *
 * @param page The page's file name, beside the exercise's program.
 * @param language What follows the three backquotes; empty if nothing does.
 */
export function readBlocks(page: string, language: string): string[] {
  const text = Deno.readTextFileSync(new URL(page, EXERCISE));
  const blocks = text.matchAll(/^```(\w*)\n(.*?)^```$/gms);
  return Array.from(blocks)
    .filter(([, name]) => name === language)
    .map(([, , content = ""]) => content);
}

/** Finds the commands of a page, each of which is a block of its own. */
export function readCommands(page: string): Command[] {
  return readBlocks(page, "sh").map((line) => {
    const words = line.trim().split(" ");
    const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
    const variables = words.slice(0, start).map((word) => word.split("=", 2));
    return {
      variables: Object.fromEntries(variables),
      words: words.slice(start),
    };
  });
}

/**
 * Gives what starts the program of the exercise as the page says, but the
 * solution, and at the port of the test's broker. It prints its packets.
 *
 * @param command The page's command, `deno run …`.
 * @returns What `startProcess` takes.
 */
export function solutionCall(
  { variables, words }: Command,
  port: number,
): Required<Parameters<typeof startProcess>> {
  const [deno, run, ...rest] = words;
  if (deno !== "deno" || run !== "run") {
    throw new Error(`Command "${words.join(" ")}" is not "deno run …"`);
  }
  const args = rest.map((word) => word.replace(/^exercises\//, "solutions/"));
  return [
    Deno.execPath(),
    ["run", ...denoFlags(), ...args],
    {
      BUTTON: "",
      MQTT_TRACE: "1",
      NO_COLOR: "1",
      MQTT_URL: `${variables.MQTT_URL}:${port}`,
    },
    fileURLToPath(PROJECT),
  ];
}

/** Runs the program with a wrong password, which the page's last step is for. */
export async function runRefused(
  command: Command,
  port: number,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [deno, args, variables, folder] = solutionCall(command, port);
  const silent = { ...variables, MQTT_TRACE: "" };
  await using program = startProcess(deno, args, silent, folder);
  return await program.end();
}
