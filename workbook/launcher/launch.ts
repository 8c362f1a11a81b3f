import { fileURLToPath } from "node:url";
import {
  COMMANDS,
  describeCommands,
  type Step,
  UnknownNameError,
} from "./commands.ts";
import { passSignals, runDeno } from "./run_deno.ts";
import { chooseStdSource, type StdSource } from "./std_source.ts";

const PROJECT = new URL("../../", import.meta.url);

/**
 * Runs a command of the workbook.
 *
 * @returns The exit code: the command's own, or 2 if there is no such command or lesson's program.
 */
export async function launch(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help") {
    console.log(describeCommands());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    console.error(`Unknown command "${name}"\n\n${describeCommands()}`);
    return 2;
  }
  try {
    return await runSteps(name, command.steps(rest));
  } catch (error) {
    if (!(error instanceof UnknownNameError)) throw error;
    console.error(error.message);
    return 2;
  }
}

/** Runs every step even if one fails, so that all failures are told at once. */
async function runSteps(name: string, steps: Step[]): Promise<number> {
  const source = await stdSource();
  passSignals();
  const locks = await copyLockFile();
  const failed: string[] = [];
  let code = 0;
  try {
    for (const step of steps) {
      if (steps.length > 1) console.error(`${name}: ${step.name}`);
      code = await runStep(step, { source, locks });
      if (code > 128) return code; // Ended by a signal, such as Ctrl-C
      if (code !== 0) failed.push(step.name);
    }
  } finally {
    await Deno.remove(locks.folder, { recursive: true });
  }
  if (steps.length === 1) return code;
  if (failed.length === 0) return 0;
  console.error(`${name} failed: ${failed.join(", ")}`);
  return 1;
}

/**
 * Finds out where `@std` comes from. A program that a command starts is told by
 * a variable, and needn't ask.
 */
async function stdSource(): Promise<StdSource> {
  const given = Deno.env.get("WORKBOOK_STD");
  if (given === "jsr" || given === "npm") return given;
  return await chooseStdSource({
    jsrUrl: Deno.env.get("JSR_URL") ?? "https://jsr.io/",
    memoryFile: new URL(".workbook/jsr_unreachable.json", PROJECT),
  });
}

/** Copies of the lock file, for as long as a command runs. */
interface Locks {
  /** The folder that they are in. */
  folder: string;
  /** The copy as it is. */
  whole: string;
  /** The copy without what only a type check needs. */
  untyped: string;
}

/**
 * Deno writes what it finds on JSR into the lock file. A copy pins the npm
 * packages just as well, and leaves the project as it is.
 */
async function copyLockFile(): Promise<Locks> {
  const text = await Deno.readTextFile(new URL("deno.lock", PROJECT));
  const folder = await Deno.makeTempDir({ prefix: "mqtt_" });
  const whole = `${folder}/deno.lock`;
  const untyped = `${folder}/untyped.lock`;
  await Deno.writeTextFile(whole, text);
  await Deno.writeTextFile(untyped, withoutTypes(text));
  return { folder, whole, untyped };
}

/**
 * Deno downloads all that a package depends on, and MQTT.js depends on types: a
 * fifth of the whole, which a program doesn't need to run.
 */
function withoutTypes(lock: string): string {
  const withoutNames = (_key: string, value: unknown) =>
    Array.isArray(value)
      ? value.filter((name: string) => !name.startsWith("@types/"))
      : value;
  return JSON.stringify(JSON.parse(lock), withoutNames);
}

async function runStep(
  step: Step,
  { source, locks }: { source: StdSource; locks: Locks },
): Promise<number> {
  const flags = (lock: string) => {
    const config = [`--config=${fileURLToPath(new URL("deno.json", PROJECT))}`];
    if (!step.loadsModules) return config;
    const map = new URL("workbook/npm_std/import_map.json", PROJECT);
    return [
      ...config,
      `--lock=${lock}`,
      ...source === "npm" ? [`--import-map=${fileURLToPath(map)}`] : [],
    ];
  };
  const { untyped, whole } = locks;
  const own = flags(step.subcommand === "run" ? untyped : whole);
  return await runDeno([step.subcommand, ...own, ...step.args], {
    folder: step.runsInUserFolder ? userFolder() : fileURLToPath(PROJECT),
    variables: {
      WORKBOOK_STD: source,
      // What it starts may check types.
      WORKBOOK_FLAGS: JSON.stringify(flags(whole)),
      ...step.variables,
    },
  });
}

/**
 * The folder from which the user called `deno task`, which itself always runs
 * in the project's. A folder elsewhere comes from a program around this one.
 */
function userFolder(): string {
  const project = fileURLToPath(PROJECT);
  const folder = Deno.env.get("INIT_CWD") ?? project;
  return folder.startsWith(project) ? folder : project;
}
