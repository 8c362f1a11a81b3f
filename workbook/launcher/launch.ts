import { fileURLToPath } from "node:url";
import { tellMissingBroker } from "../broker/missing_broker.ts";
import { PROJECT_FOLDER, userFolder } from "../options/user_folder.ts";
import {
  COMMANDS,
  describeCommands,
  type Step,
  UnknownNameError,
} from "./commands.ts";
import { chooseStdSource, type StdSource } from "./std_source.ts";

const PROJECT = new URL("../../", import.meta.url);

/** How {@linkcode runDeno} runs a child. */
interface RunDenoOptions {
  /** The folder that it runs in. */
  folder: string;
  /** Variables that it gets besides this process's own. */
  variables: Record<string, string>;
}

/** The child that signals are for. */
let current: Deno.ChildProcess | undefined;

/** Whether a signal came between two children. */
let isStopped = false;

/** What a shell reports of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * Runs Deno as a child on this process's own terminal and waits for its end.
 *
 * @returns The child's exit code; above 128 if a signal ended it.
 */
async function runDeno(
  args: string[],
  { folder, variables }: RunDenoOptions,
): Promise<number> {
  if (isStopped) return INTERRUPTED;
  current = new Deno.Command(Deno.execPath(), {
    args,
    cwd: folder,
    env: variables,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const { code } = await current.status;
  current = undefined;
  return code;
}

/**
 * From now on, lets the child decide when to end: the signals that would end
 * this process are passed on to it. A terminal's Ctrl-C reaches the child
 * without help, and must not come twice.
 */
function passSignals(): void {
  const isWindows = Deno.build.os === "windows";
  const hasTerminal = [Deno.stdin, Deno.stdout, Deno.stderr]
    .some((stream) => stream.isTerminal());
  Deno.addSignalListener("SIGINT", () => {
    if (!current) isStopped = true;
    else if (!isWindows && !hasTerminal) pass(current, "SIGINT");
  });
  if (isWindows) return;
  for (const signal of ["SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {
      if (!current) isStopped = true;
      else pass(current, signal);
    });
  }
}

function pass(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It ended in the meantime.
  }
}

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
  const lockFile = await copyLockFile();
  const failed: string[] = [];
  let code = 0;
  try {
    for (const step of steps) {
      if (steps.length > 1) console.error(`${name}: ${step.name}`);
      code = await runStep(step, { source, lockFile });
      if (code > 128) return code; // Ended by a signal, such as Ctrl-C
      if (code !== 0) failed.push(step.name);
    }
  } finally {
    await Deno.remove(lockFile);
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

/**
 * Deno writes what it finds on JSR into the lock file. A copy pins the npm
 * packages just as well, and leaves the project as it is.
 */
async function copyLockFile(): Promise<string> {
  const copy = await Deno.makeTempFile({ prefix: "mqtt_", suffix: ".lock" });
  await Deno.copyFile(new URL("deno.lock", PROJECT), copy);
  return copy;
}

async function runStep(
  step: Step,
  { source, lockFile }: { source: StdSource; lockFile: string },
): Promise<number> {
  const flags = [`--config=${fileURLToPath(new URL("deno.json", PROJECT))}`];
  if (step.loadsModules) flags.push(`--lock=${lockFile}`);
  if (step.loadsModules && source === "npm") {
    const map = new URL("workbook/npm_std/import_map.json", PROJECT);
    flags.push(`--import-map=${fileURLToPath(map)}`);
  }
  const folder = step.folderVariable && await Deno.makeTempDir();
  const ended = runDeno([step.subcommand, ...flags, ...step.args], {
    folder: step.runsInUserFolder ? userFolder() : PROJECT_FOLDER,
    variables: {
      WORKBOOK_STD: source,
      WORKBOOK_FLAGS: JSON.stringify(flags),
      ...step.variables,
      ...folder && { [step.folderVariable!]: await Deno.realPath(folder) },
    },
  });
  using _hint = step.needsBroker ? tellMissingBroker() : undefined;
  try {
    return await ended;
  } finally {
    if (folder) await Deno.remove(folder, { recursive: true });
  }
}
