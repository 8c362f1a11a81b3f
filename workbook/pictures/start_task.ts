import { fileURLToPath } from "node:url";
import { COMMANDS } from "../launcher/commands.ts";

/** In milliseconds. */
const LONGEST = 60_000;

/** A task that runs until it is disposed of, a minute at most. */
interface RunningTask extends AsyncDisposable {
  /** What it printed when it was ready. */
  ready: string;
}

/**
 * Starts a task, and waits until it is ready.
 *
 * @param words The task's name, and what follows it.
 * @param options The broker's address, and what the task prints when it is ready.
 * @throws {Error} If it ends before.
 */
export async function startTask(
  [task, ...args]: [string, ...string[]],
  options: { broker: string; ready: RegExp },
): Promise<RunningTask> {
  const { words: [program, ...rest], variables } = taskProgram(
    task,
    args,
    options.broker,
  );
  const child = new Deno.Command(program, {
    args: rest,
    env: variables,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
    signal: AbortSignal.timeout(LONGEST),
  }).spawn();
  const ready = Promise.withResolvers<string>();
  const read = async () => {
    let text = "";
    for await (
      const part of child.stdout.pipeThrough(new TextDecoderStream())
    ) {
      text += part;
      const [found] = options.ready.exec(text) ?? [];
      if (found !== undefined) ready.resolve(found);
    }
    ready.reject(new Error(`Task ${task} ended before it was ready`));
    await child.status;
  };
  const ended = read();
  return {
    ready: await ready.promise,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

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
