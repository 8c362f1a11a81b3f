import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { readLines } from "../../lib/lines.ts";
import { within } from "../deadline.ts";
import { COMMANDS } from "../../workbook/launcher/commands.ts";

/** What a process holds at one moment. */
interface Holding {
  /** What it has in memory (VmRSS), in kB. */
  memory: number;
  /** How many sockets it has open. */
  sockets: number;
}

/** What was seen. */
interface Watched {
  /** What it held at each look. */
  holdings: Holding[];
  /** What it used once its garbage was collected, warm and at the end, in bytes. */
  live: [first: number, last: number];
}

/** Until its code is compiled and its heap has its size, a program grows. */
const WARM_UP = 0.2;
/** How much more live memory there may be at the end, in MB. */
export const MOST_MEGABYTES = 2;
const MEGABYTE = 2 ** 20;

/** First, least, most and last of one figure. */
interface Range {
  first: number;
  least: number;
  most: number;
  last: number;
}

/** How what a process holds has changed since it was warm. */
interface Growth {
  /** Memory that it has from the system, in MB. */
  memory: Range;
  /** Live memory in MB, warm and at the end. */
  live: [first: number, last: number];
  /** Open sockets. */
  sockets: Range;
  /** What is wrong, in lines; none if it didn't grow. */
  faults: string[];
}

/**
 * Tells whether a process grows. V8 takes more and more memory from the system
 * until it finds it worth while to collect the garbage, so what the system says
 * is only shown: it is what is live that mustn't grow.
 *
 * @param watched What it held, evenly over time.
 */
export function findGrowth({ holdings, live }: Watched): Growth {
  const warm = holdings.slice(Math.floor(holdings.length * WARM_UP));
  const memory = rangeOf(warm.map(({ memory }) => memory / 1024));
  const sockets = rangeOf(warm.map(({ sockets }) => sockets));
  const [first, last] = live.map((bytes) => bytes / MEGABYTE);
  const grown = last! - first!;
  const faults: string[] = [];
  if (grown > MOST_MEGABYTES) {
    faults.push(
      `Live memory grew by ${
        grown.toFixed(1)
      } MB, at most ${MOST_MEGABYTES} MB may be`,
    );
  }
  if (sockets.last > sockets.first) {
    faults.push(
      `Sockets grew from ${sockets.first} to ${sockets.last}: none may stay open`,
    );
  }
  return { memory, live: [first!, last!], sockets, faults };
}

function rangeOf(values: readonly number[]): Range {
  return {
    first: values[0]!,
    least: Math.min(...values),
    most: Math.max(...values),
    last: values.at(-1)!,
  };
}

/** A figure's range in words. */
export function describeRange(name: string, range: Range, unit = ""): string {
  const [first, least, most, last] = [
    range.first,
    range.least,
    range.most,
    range.last,
  ].map((value) => `${Math.round(value * 10) / 10}${unit}`);
  return `${name}: first ${first}, least ${least}, most ${most}, last ${last}`;
}

/** How `start` is watched. */
interface WatchOptions {
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
