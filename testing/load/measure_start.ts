/**
 * Watches from outside whether `deno task start` grows while it runs.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readLines } from "../../lib/lines.ts";
import { within } from "../deadline.ts";
import { COMMANDS } from "../../workbook/launcher/commands.ts";
import { type Holding, WARM_UP, type Watched } from "./growth.ts";

/** How `start` is watched. */
interface WatchOptions {
  /** For how long. */
  seconds: number;
  /** How long to wait between two looks, in seconds. */
  interval: number;
  /** The file that it records to. */
  file: string;
  /** Deno's flags for the project, such as `--import-map`. */
  flags: readonly string[];
  /** Ends it early. */
  signal: AbortSignal;
}

/** How much faster than usual the sensors are. */
const SPEED = 100;

/**
 * Runs `start` and looks at it again and again.
 *
 * @throws {Error} If the system doesn't tell, or `start` ends too early or badly.
 */
export async function watchStart(options: WatchOptions): Promise<Watched> {
  const { seconds, interval, file, flags, signal } = options;
  if (Deno.build.os !== "linux") {
    throw new Error("Only Linux tells what a process holds: it has /proc");
  }
  const args = ["--speed", `${SPEED}`, "--out", file];
  const [step] = COMMANDS.start!.steps(args);
  const teller = fileURLToPath(import.meta.resolve("./tell_live_memory.ts"));
  // Nobody listens at port 1, so it starts a broker of its own.
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      step!.subcommand,
      ...flags,
      "--v8-flags=--expose-gc",
      `--preload=${teller}`,
      ...step!.args,
    ],
    env: {
      MQTT_URL: "",
      WORKBOOK_LOCAL_BROKER: "127.0.0.1:1",
      MQTT_TRACE: "",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines = readLines({ input: child.stderr, signal });
  // Once it prints a reading, all of it is connected, however slow it starts.
  const readings = readLines({ input: child.stdout, signal });
  await within("a reading", readings.next());
  const rest = Array.fromAsync(readings, () => {});
  const holdings: Holding[] = [];
  const looks = Math.round(seconds / interval);
  let first = NaN;
  for (let look = 0; look < looks; look++) {
    await pause(interval * 1000, undefined, { signal });
    if (look === Math.floor(looks * WARM_UP)) {
      first = await askLive(child, lines);
    }
    holdings.push(await lookAt(child.pid));
  }
  const last = await askLive(child, lines);
  child.kill("SIGINT");
  await rest;
  const { code } = await child.status;
  if (code === 0) return { holdings, live: [first, last] };
  throw new Error(`"deno task start" ended with exit code ${code}`);
}

/** Lets the program collect its garbage and tell what is left, in bytes. */
async function askLive(
  child: Deno.ChildProcess,
  lines: AsyncIterator<string>,
): Promise<number> {
  child.kill("SIGUSR2");
  for (;;) {
    const next = await within("the figure of live memory", lines.next());
    if (next.done) throw new Error('"deno task start" ended too early');
    const [, bytes] = /^Live memory: (\d+) bytes$/.exec(next.value) ?? [];
    if (bytes !== undefined) return Number(bytes);
  }
}

/** Deno itself reads /proc only with all permissions, so a shell does. */
async function lookAt(pid: number): Promise<Holding> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `grep VmRSS /proc/${pid}/status; ls -l /proc/${pid}/fd`],
    stderr: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  const [, memory] = /^VmRSS:\s+(\d+) kB$/m.exec(text) ?? [];
  if (memory === undefined) {
    throw new Error('"deno task start" ended too early');
  }
  const sockets = text.match(/ -> socket:/g)?.length ?? 0;
  return { memory: Number(memory), sockets };
}
