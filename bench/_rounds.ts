import type { Peer } from "../testing/peers.ts";

/** A contestant that did not take part. */
export interface LeftOut {
  name: string;
  /** What isn't installed. */
  missing: Peer[];
}

/** All runs of a measurement. */
export interface Outcome {
  measurement: Measurement;
  /** Each contestant's samples by round; `undefined` is a run that failed. */
  samples: Map<string, (Sample | undefined)[]>;
  leftOut: LeftOut[];
  /** What went wrong, a line for each run that failed. */
  failures: string[];
}

/** How {@linkcode runRounds} runs. */
interface RoundsOptions {
  rounds: number;
  /** Says whether a peer is installed: `findPeer`, but for tests. */
  find: (peer: Peer) => string | undefined;
  /** Is told each sample when it is there. */
  report: (line: string) => void;
  /** Ends it early: it rejects then. */
  signal?: AbortSignal;
}

/**
 * Runs a measurement: in each round every contestant once, one after the other,
 * so that whatever slows the machine down for a while slows all of them down.
 */
export async function runRounds(
  measurement: Measurement,
  { rounds, find, report, signal }: RoundsOptions,
): Promise<Outcome> {
  const { name, contestants, unit } = measurement;
  const leftOut = contestants.flatMap((contestant) => {
    const missing = contestant.needs.filter((peer) => !find(peer));
    return missing.length === 0 ? [] : [{ name: contestant.name, missing }];
  });
  const absent = new Set(leftOut.map((contestant) => contestant.name));
  const present = contestants.filter((contestant) =>
    !absent.has(contestant.name)
  );
  const samples = new Map(
    present.map(({ name }) => [name, [] as (Sample | undefined)[]]),
  );
  const failures: string[] = [];
  for (const { name: absentName, missing } of leftOut) {
    report(`${name}  ${absentName} left out: ${missing.join(", ")} missing`);
  }
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of present) {
      const label = `${name}  ${round}/${rounds}  ${contestant.name}`;
      const result = await attempt(contestant);
      signal?.throwIfAborted();
      if (typeof result === "string") {
        failures.push(`${label}: ${result}`);
        report(`${label}: ${result}`);
      } else {
        report(`${label}: ${formatNumber(result.value)} ${unit}`);
      }
      const sample = typeof result === "string" ? undefined : result;
      samples.get(contestant.name)!.push(sample);
    }
  }
  return { measurement, samples, leftOut, failures };
}

/** One run that fails mustn't take the others' figures with it. */
async function attempt({ run }: Contestant): Promise<Sample | string> {
  try {
    return await run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A figure with three digits at least, and none that mean nothing. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en", {
    maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0,
  });
}

/** What a figure counts. Of times less is better, of the rest more. */
export type Unit = "messages/s" | "rows/s" | "ms" | "µs";

/** The contestant that the others are compared with. */
export const TOOLKIT = "toolkit";

/** What came out of one run. */
export interface Sample {
  /** The figure, in the measurement's unit. */
  value: number;
  /** How many messages were sent, and had to arrive. */
  messages: number;
  /** How many of them didn't arrive. */
  lost?: number;
}

/** A program that takes part in a measurement. */
export interface Contestant {
  /** Who it is, as the table says it. */
  name: string;
  /** What must be installed for it. */
  needs: readonly Peer[];
  /** Runs it once, in processes of its own that have ended afterwards. */
  run: () => Promise<Sample>;
}

/** What the toolkit has to reach compared with a peer. */
export type Goal =
  & {
    /** The contestant that the toolkit is compared with. */
    peer: string;
  }
  & ({
    /** The ratio that it must reach. */
    least: number;
    /** The ratio that it should reach. */
    aim?: number;
  } | {
    /** The ratio that it must not exceed. */
    most: number;
  });

/** Something that is measured, and who takes part. */
export interface Measurement {
  /** Its name for `--only`, such as `publish/qos1/window16`. */
  name: string;
  /** What is measured, in a line. */
  title: string;
  unit: Unit;
  /** The toolkit first, then its peers. */
  contestants: readonly Contestant[];
  goals?: readonly Goal[];
}
