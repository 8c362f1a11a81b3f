/**
 * The embedded broker under hostile input, from a seed.
 *
 * @module
 */
import { StopSignal } from "../../lib/mod.ts";
import { printableLines } from "../../lib/printable.ts";
import {
  fuzz,
  FuzzFinding,
  type FuzzOptions,
  type FuzzResult,
} from "../../testing/fuzz/run.ts";
import { type Options, runProgram } from "../options/program.ts";

const HELP = `
Sends hostile input to the embedded broker, in MQTT 3.1.1 and 5, over TCP and
WebSocket: well-formed packets of every type, such packets changed at random, and
nonsense. The broker runs in a process of its own, with a well-behaved client
beside, which publishes and receives at QoS 1 throughout. It is a failure if the
broker ends, hangs, needs much more memory than at the start, leaves a well-formed
PINGREQ without an answer, or doesn't serve the client beside.

Usage: deno task test:fuzz [--seed N] [--inputs N] [--only N]

  --seed N    the same seed gives the same inputs (a random one, and printed)
  --inputs N  how many connections to make, with one input each (200000)
  --only N    play the input with this number, and no other
`;

/**
 * The first inputs make the engine compile the broker, and its heap and the
 * allocator's pools grow to the size that sixteen connections at a time need.
 * From then on, memory that grows is memory that isn't given back.
 */
const WARM_UP = 10_000;
const MOST_GROWTH = 50_000_000;
const REPORT_EACH = 10_000;

await runProgram({
  help: HELP,
  names: { string: ["seed", "inputs", "only"] },
  main,
});

async function main(options: Options): Promise<number> {
  const range = { least: 0, most: 4_294_967_295 };
  const seed = options.number("seed", range) ??
    crypto.getRandomValues(new Uint32Array(1))[0]!;
  const only = options.number("only", { least: 0 });
  const inputs = options.number("inputs", { least: 1 }) ?? 200_000;
  const [from, to] = only === undefined ? [0, inputs] : [only, only + 1];
  console.log(`Seed ${seed}, inputs ${from} to ${to - 1}`);
  // A warm-up of a tenth, if there are few.
  const warmUp = Math.min(WARM_UP, Math.ceil((to - from) / 10));
  using stop = new StopSignal();
  const plan = {
    ...{ seed, from, to, warmUp, mostGrowth: MOST_GROWTH },
    signal: stop.signal,
  };
  let reported = 0;
  const report = (progress: FuzzResult) => {
    if (progress.played < reported + REPORT_EACH) return;
    reported = progress.played;
    console.log(describe(progress));
  };
  const start = performance.now();
  try {
    const result = await fuzz({ ...plan, report });
    const seconds = (performance.now() - start) / 1_000;
    console.log(
      `${describe(result)}\nNothing found in ${seconds.toFixed(0)} s`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof FuzzFinding)) throw error;
    console.error(printableLines(error.message));
    await repeat(plan, error.numbers);
    return 1;
  }
}

/** Plays each of the inputs alone that were being played at the failure. */
async function repeat(
  plan: FuzzOptions,
  numbers: readonly number[],
): Promise<void> {
  for (const number of numbers) {
    const command = `deno task test:fuzz --seed ${plan.seed} --only ${number}`;
    try {
      await fuzz({ ...plan, from: number, to: number + 1 });
      console.error(`Not by this one alone: ${command}`);
    } catch (error) {
      const { message } = error as Error;
      console.error(printableLines(`Repeated by: ${command} (${message})`));
    }
  }
}

function describe({ played, letIn, answered, memory, probe }: FuzzResult) {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    `${played} inputs, ${letIn} with a CONNECT that was accepted, ${answered} answered to the end`,
    `  memory ${megabytes(memory.now)}; ${
      megabytes(memory.start)
    } after the warm-up, ${megabytes(memory.highest)} at most since`,
    `  client beside: ${probe.sent} sent, ${probe.received} received, worst delay ${
      probe.worst.toFixed(0)
    } ms`,
  ].join("\n");
}
