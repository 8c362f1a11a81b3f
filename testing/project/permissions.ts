/**
 * Shows that a program needs each permission that it has.
 *
 * @module
 */
import { startProcess } from "../processes.ts";
import { pool } from "../../workbook/checking/pool.ts";
import { denoFlags } from "../deno_flags.ts";

/** A program's flags without one of its permissions. */
interface Omission {
  /** What is left out, such as `--allow-net=127.0.0.2`. */
  permission: string;
  /** The flag that it belongs to, such as `--allow-net`. */
  flag: string;
  /** All flags, without it. */
  flags: string[];
}

/** A program that is run with too few permissions. */
export interface Attempt extends Omission {
  /** What a message about it calls the program. */
  name: string;
  /** The program's file or address. */
  module: string;
  /** Its arguments. */
  args?: readonly string[] | undefined;
  /** Variables that it gets besides this process's own. */
  variables?: Record<string, string>;
  /** The folder that it runs in; this process's own unless given. */
  folder?: string;
  /**
   * Whether it leaves connecting to MQTT.js alone, which takes a missing
   * permission for a broker that is away: it tries for ever, and tells why
   * nowhere but in its log.
   */
  triesForEver?: boolean;
  /** What starts Deno, if it isn't started directly. */
  wrapper?: readonly string[];
}

/** How many programs run at once. */
const AT_ONCE = 2;

/** The permissions in a program's header, in the line that says how to run it. */
export function permissionsIn(file: string): string[] {
  const [, line] = /^ \* Run: (.*)$/m.exec(Deno.readTextFileSync(file)) ?? [];
  if (line === undefined) throw new Error(`Header of ${file} lacks "Run:"`);
  return line.split(" ").filter((word) => word.startsWith("--allow-"));
}

/**
 * Leaves out one permission after the other. Of a flag with several values each
 * is one, except for absolute paths: those are places of which a machine uses
 * one or the other.
 *
 * @param flags A program's flags.
 */
export function omissions(flags: readonly string[]): Omission[] {
  return flags.flatMap((whole, index) => {
    const [, flag, value = ""] = /^(--allow-[a-z]+)(?:=(.*))?$/.exec(whole) ??
      [];
    if (flag === undefined) return [];
    const without = (...instead: string[]) =>
      flags.toSpliced(index, 1, ...instead);
    const values = value.split(",");
    if (values.length === 1 || value.startsWith("/")) {
      return [{ permission: whole, flag, flags: without() }];
    }
    return values.map((left, place) => ({
      permission: `${flag}=${left}`,
      flag,
      flags: without(`${flag}=${values.toSpliced(place, 1).join(",")}`),
    }));
  });
}

/**
 * Runs programs that lack a permission, some at a time. Each must fail, and say
 * that the permission is missing.
 *
 * @param attempts The programs.
 * @returns What is to be said of those that didn't.
 */
export async function findNeedless(
  attempts: Iterable<Attempt>,
): Promise<string[]> {
  const complaints: string[] = [];
  await pool(attempts, AT_ONCE, async (attempt) => {
    const complaint = await tryWithout(attempt);
    if (complaint !== undefined) complaints.push(complaint);
  });
  return complaints;
}

async function tryWithout(attempt: Attempt): Promise<string | undefined> {
  const { name, module, permission, flag, flags, wrapper = [] } = attempt;
  const { args = [], variables, folder, triesForEver = false } = attempt;
  const [command, ...words] = [
    ...wrapper,
    Deno.execPath(),
    "run",
    ...denoFlags(),
    "--no-prompt",
    ...flags,
    module,
    ...args,
  ];
  await using program = startProcess(command!, words, {
    NO_COLOR: "1",
    MQTT_TRACE: "",
    ...triesForEver && { DEBUG: "mqttjs*" },
    ...variables,
  }, folder);
  try {
    if (triesForEver) {
      await program.untilLogged(`again with the ${flag} flag`);
      return undefined;
    }
    const { code, stdout, stderr } = await program.end();
    // Deno and the toolkit both name the flag that is missing.
    if (code !== 0 && (stdout + stderr).includes(flag)) return undefined;
    return `${name} without ${permission}: ${code}\n${stdout}${stderr}`;
  } catch (error) {
    return `${name} without ${permission}: ${(error as Error).message}`;
  }
}
