/**
 * Loads the embedded broker, and counts what arrives.
 *
 * @module
 */
import {
  describeLoad,
  findFaults,
  runLoad,
} from "../../testing/load/run_load.ts";
import { assertOpenFiles } from "../../testing/load/plan.ts";
import {
  describeRange,
  findGrowth,
  MOST_MEGABYTES,
  watchStart,
} from "../../testing/load/growth.ts";
import { StopSignal } from "../../lib/stop_signal.ts";
import { launcherFlags } from "../launcher/launcher_flags.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { PROJECT_FOLDER } from "../options/user_folder.ts";

const HELP = `
Loads the embedded broker: each of many clients publishes once a second at QoS 1,
and a tenth of them is subscribed, each to what a tenth of all publishes. Midway,
a fifth is cut off at once, and comes back.

Usage: deno task test:load [--clients N] [--seconds S] [--seed N]
       deno task test:load --start [--minutes M]

  --clients N   so many clients (1000)
  --seconds S   publish for so long (30)
  --seed N      repeats a run: who is cut, and when in a second each publishes
  --start       watch "deno task start --speed 100" instead: from a fifth of the
                time on, its live memory mustn't grow by more than ${MOST_MEGABYTES} MB, and
                its open sockets not at all
  --minutes M   watch for so long (10)

The exit code is 0 if every message that the broker acknowledged reached all its
subscribers, or if nothing grew; and 1 if not.
`;

const INTERRUPTED = 130;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["clients", "seconds", "seed", "minutes"],
    boolean: ["start"],
  },
  async main(options) {
    using stop = new StopSignal();
    const run = options.has("start") ? watch : load;
    try {
      return await run(options, stop.signal);
    } catch (error) {
      if (stop.signal.aborted) return INTERRUPTED;
      throw error;
    }
  },
}, import.meta.main);

async function load(options: Options, signal: AbortSignal): Promise<number> {
  refuse(options, ["minutes"], "needs --start");
  const size = {
    clients: options.number("clients", { least: 20, most: 100_000 }) ?? 1000,
    seconds: options.number("seconds", { least: 2, most: 86_400 }) ?? 30,
    seed: options.number("seed", { least: 0, most: 2 ** 32 - 1 }) ??
      Date.now() % 2 ** 32,
  };
  await assertOpenFiles(size.clients);
  const { clients, seconds, seed } = size;
  console.log(`${clients} clients, ${seconds} s, seed ${seed}`);
  const result = await runLoad(size, {
    flags: launcherFlags(),
    signal,
    tell: (line) => console.error(line),
  });
  for (const line of describeLoad(result)) console.log(line);
  return judge(findFaults(result));
}

async function watch(options: Options, signal: AbortSignal): Promise<number> {
  refuse(options, ["clients", "seconds", "seed"], "is not for --start");
  const range = { least: 0.05, most: 10_000, whole: false };
  const minutes = options.number("minutes", range) ?? 10;
  const folder = `${PROJECT_FOLDER}.workbook`;
  await Deno.mkdir(folder, { recursive: true });
  const file = `${folder}/load.csv`;
  try {
    const watched = await watchStart({
      seconds: minutes * 60,
      interval: Math.min(1, minutes),
      file,
      flags: launcherFlags(),
      signal,
    });
    const { memory, live, sockets, faults } = findGrowth(watched);
    const [first, last] = live.map((megabytes) => `${megabytes.toFixed(1)} MB`);
    console.log(
      `Live memory (after garbage collection): first ${first}, last ${last}`,
    );
    console.log(describeRange("Memory (VmRSS)", memory, " MB"));
    console.log(describeRange("Open sockets", sockets));
    return judge(faults);
  } finally {
    await Deno.remove(file).catch(() => {});
  }
}

/** Refuses options that have no meaning here. */
function refuse(options: Options, names: string[], words: string): void {
  const name = names.find((name) => options.text(name) !== undefined);
  if (name !== undefined) throw new UsageError(`Option --${name} ${words}`);
}

/** Tells what is wrong; the exit code says whether anything is. */
function judge(faults: string[]): number {
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}
