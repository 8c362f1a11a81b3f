/**
 * Shows that a program needs each permission that it has.
 *
 * @module
 */
import { startProcess } from "../processes.ts";
import { pool } from "../../workbook/checking/pool.ts";
import { denoFlags } from "../deno_flags.ts";
import { temporaryFile } from "../temporary_file.ts";

/** A program's flags without one of its permissions. */
interface Omission {
  /** What is left out, such as `--allow-net=127.0.0.2`. */
  permission: string;
  /** The flag that it belongs to, such as `--allow-net`. */
  flag: string;
  /** All flags, without it. */
  flags: string[];
}

/** A program, and which of its permissions are to be shown to be needed. */
export interface Trial {
  /** What a message about it calls the program. */
  name: string;
  /** The program's file or address. */
  module: string;
  /** All its flags. */
  flags: readonly string[];
  /** Its permissions in question, one by one. */
  omissions: Omission[];
  args?: readonly string[] | undefined;
  /** Variables that it gets besides this process's own. */
  variables?: Record<string, string>;
  /** The folder that it runs in; this process's own unless given. */
  folder?: string;
}

/** How many programs run at once. */
const AT_ONCE = 2;

export function permissionsIn(file: string): string[] {
  const [, line] = /^ \* Run: (.*)$/m.exec(Deno.readTextFileSync(file)) ?? [];
  if (line === undefined) throw new Error(`Header of ${file} lacks "Run:"`);
  return line.split(" ").filter((word) => word.startsWith("--allow-"));
}

/**
 * Leaves out one permission after the other. Of a flag with several values each
 * is one, except for absolute paths: those are places of which a machine uses
 * one or the other.
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
 * Runs programs, some at a time, and finds the permissions that they don't use.
 *
 * One run, which Deno audits, tells of variables, addresses and facts of the
 * system, and ends as soon as all are seen. The audit says nothing of programs
 * that are started, and calls each path both read and written. So those
 * permissions are left out, one a run: the program must fail, and say what it
 * lacks. It is the same for all permissions of a program that starts others, as
 * those might outlive a run that is broken off.
 *
 * @returns What is to be said of those that have a permission too many.
 */
export async function findNeedless(
  trials: Iterable<Trial>,
): Promise<string[]> {
  const complaints: string[] = [];
  await pool(trials, AT_ONCE, async (trial) => {
    const { flags, omissions } = trial;
    const isAudited = !flags.some((flag) => flag.startsWith("--allow-run"));
    const { told = [], left = [] } = Object.groupBy(
      omissions,
      ({ flag }) =>
        isAudited && /^--allow-(env|net|sys)$/.test(flag) ? "told" : "left",
    );
    if (told.length > 0) complaints.push(...await findUnused(trial, told));
    for (const omission of left) {
      complaints.push(...await tryWithout(trial, omission));
    }
  });
  return complaints;
}

/** Runs a program with all its permissions until the audit has had them all. */
async function findUnused(
  trial: Trial,
  omissions: Omission[],
): Promise<string[]> {
  await using place = await temporaryFile("audit.jsonl");
  await Deno.writeTextFile(place.file, "");
  const unused = async () => {
    const audit = await Deno.readTextFile(place.file);
    return omissions.filter(({ permission }) => !isIn(audit, permission));
  };
  using changes = Deno.watchFs(place.file);
  await using program = start(trial, trial.flags, {
    DENO_AUDIT_PERMISSIONS: place.file,
  });
  const ended = program.end().catch((error: Error) => ({
    stdout: "",
    stderr: error.message,
  }));
  const closing = ended.then(() => changes.close());
  for await (const _change of changes) {
    if ((await unused()).length === 0) return [];
  }
  await closing;
  const { stdout, stderr } = await ended;
  return (await unused()).map(({ permission }) =>
    `${trial.name} does not use ${permission}:\n${stdout}${stderr}`
  );
}

/** Whether a permission stands in Deno's audit: a line of JSON for each use. */
function isIn(audit: string, permission: string): boolean {
  const [flag, value] = permission.split("=");
  // The last line may be half written.
  return audit.split("\n").slice(0, -1).map((line) => JSON.parse(line))
    .some((use) =>
      `--allow-${use.permission}` === flag &&
      (value === undefined || use.value?.includes(value))
    );
}

async function tryWithout(
  trial: Trial,
  { permission, flag, flags }: Omission,
): Promise<string[]> {
  await using program = start(trial, flags);
  try {
    const { code, stdout, stderr } = await program.end();
    // Deno and the toolkit both name the flag that is missing.
    if (code !== 0 && (stdout + stderr).includes(flag)) return [];
    return [`${trial.name} without ${permission}: ${code}\n${stdout}${stderr}`];
  } catch (error) {
    return [`${trial.name} without ${permission}: ${(error as Error).message}`];
  }
}

function start(
  { module, args = [], variables, folder }: Trial,
  flags: readonly string[],
  more: Record<string, string> = {},
) {
  return startProcess(
    Deno.execPath(),
    ["run", ...denoFlags(), "--no-prompt", ...flags, module, ...args],
    { NO_COLOR: "1", MQTT_TRACE: "", ...variables, ...more },
    folder,
  );
}
