/**
 * The workbook's commands, run as a user runs them.
 *
 * @module
 */
import { type Process, startProcess, startTerminal } from "../processes.ts";
import { COMMANDS } from "../../workbook/launcher/commands.ts";
import { denoFlags } from "../deno_flags.ts";

/**
 * Starts a command with its own permissions, without the launcher, so that
 * signals reach it.
 *
 * @param variables Variables that it gets besides this process's own.
 * @param folder The folder that it runs in; this process's own unless given.
 */
export function startCommand(
  name: string,
  args: string[],
  variables: Record<string, string> = {},
  folder?: string,
): Process {
  const [step] = COMMANDS[name]?.steps(args) ?? [];
  if (step === undefined) throw new Error(`No command is named "${name}"`);
  const flags = denoFlags();
  return startProcess(
    Deno.execPath(),
    [step.subcommand, "--quiet", ...flags, ...step.args],
    {
      MQTT_URL: "",
      MQTT_TRACE: "",
      WORKBOOK_FLAGS: JSON.stringify(flags),
      ...step.variables,
      ...variables,
    },
    folder,
  );
}

export async function startBrokerCommand(
  args: string[],
): Promise<Process & { urls: string[] }> {
  const broker = startCommand("broker", args);
  try {
    await broker.untilLogged("Ctrl-C ends");
  } catch (error) {
    await broker[Symbol.asyncDispose]();
    throw error;
  }
  const urls = broker.logged().match(/\w+:\/\/[\d.]+:\d+/g) ?? [];
  return { ...broker, urls };
}

/** Runs a command to its end: see {@linkcode startCommand}. */
export async function runCommand(
  ...args: Parameters<typeof startCommand>
): Promise<{ code: number; stdout: string; stderr: string }> {
  await using command = startCommand(...args);
  return await command.end();
}

/**
 * Starts a command in a terminal of its own, which prints its name first.
 *
 * @returns The terminal, which prints what is seen there.
 */
export function startInTerminal(
  script: string,
  name: string,
  args: string[],
  variables: Record<string, string> = {},
): Process {
  const [step] = COMMANDS[name]!.steps(args);
  const words = [
    Deno.execPath(),
    step!.subcommand,
    ...denoFlags(),
    ...step!.args,
  ];
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const command = `stty cols 200 rows 100; tty; exec ${quoted}`;
  return startTerminal(script, command, variables);
}

/** A broker that can be killed and started anew. Disposing of it ends it. */
interface KillableBroker extends AsyncDisposable {
  /** Where it is, before and after a kill. */
  readonly url: string;
  /** The port in the URL. */
  readonly port: number;
  /** Kills it with SIGKILL, and waits until the system has ended it. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and store. */
  start(): Promise<void>;
}

/**
 * Starts a broker on a free port, with a store in a folder of its own.
 *
 * @returns The broker, once it accepts connections.
 */
export async function startKillableBroker(): Promise<KillableBroker> {
  const store = await Deno.makeTempDir();
  let port = 0;
  let process: Process | undefined;

  async function start(): Promise<void> {
    const args = ["--port", `${port}`, "--store", `${store}/store`];
    const broker = await startBrokerCommand(args);
    process = broker;
    port = Number(new URL(broker.urls[0]!).port);
  }
  async function end(): Promise<void> {
    await process?.[Symbol.asyncDispose]();
    await Deno.remove(store, { recursive: true });
  }
  try {
    await start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    start,
    async kill() {
      process!.kill("SIGKILL");
      await process!.end();
    },
    [Symbol.asyncDispose]: end,
  };
}
