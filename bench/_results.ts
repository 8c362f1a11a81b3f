import { cpus } from "node:os";
import { findPeer, type Peer } from "../testing/peers.ts";
import config from "../deno.json" with { type: "json" };
import {
  type Goal,
  type LeftOut,
  type Outcome,
  TOOLKIT,
  type Unit,
} from "./_rounds.ts";
import { SETTINGS } from "./_brokers.ts";

/** All that one measurement came to. */
export interface Result {
  name: string;
  title: string;
  unit: Unit;
  contestants: {
    name: string;
    /** Null if no run ended well. */
    median: number | null;
    /** How many messages each run sent. */
    messages: number;
    /** The figures by round; null is a run that failed. */
    values: (number | null)[];
    /** How many messages didn't arrive, in all rounds together. */
    lost: number;
    /** The toolkit's figures divided by this contestant's. */
    toolkitRatio?: number;
    /** The same by round; the file has it in the values. */
    roundRatios?: number[];
  }[];
  /** Those against peers that took part. */
  goals: (Goal & { ratio: number | null })[];
  leftOut: LeftOut[];
  failures: string[];
}

/** Works out the medians and the ratios. */
export function toResult(outcome: Outcome): Result {
  const { measurement, samples, leftOut, failures } = outcome;
  const { name, title, unit, goals = [] } = measurement;
  const values = (contestant: string) =>
    samples.get(contestant)?.map((sample) => sample?.value) ?? [];
  const contestants = [...samples].map(([contestant, runs]) => {
    const finished = runs.filter((sample) => sample !== undefined);
    const ratio = contestant !== TOOLKIT && samples.has(TOOLKIT)
      ? compare(values(TOOLKIT), values(contestant))
      : undefined;
    return {
      name: contestant,
      median: finished.length > 0
        ? median(finished.map(({ value }) => value))
        : null,
      messages: finished[0]?.messages ?? 0,
      values: runs.map((sample) => sample?.value ?? null),
      lost: finished.reduce((sum, { lost = 0 }) => sum + lost, 0),
      ...(ratio !== undefined && {
        toolkitRatio: ratio.ofMedians,
        roundRatios: ratio.perRound,
      }),
    };
  });
  return {
    name,
    title,
    unit,
    contestants,
    goals: goals.flatMap((goal) => {
      const peer = contestants.find(({ name }) => name === goal.peer);
      if (peer === undefined) return [];
      return [{ ...goal, ratio: peer.toolkitRatio ?? null }];
    }),
    leftOut,
    failures,
  };
}

/** What the figures depend on, without anything that tells whose machine it is. */
export function describeMachine(): Record<string, string | number | number[]> {
  return {
    system: Deno.build.os,
    release: Deno.osRelease(),
    architecture: Deno.build.arch,
    processor: cpus()[0]?.model ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memoryGigabytes: Math.round(Deno.systemMemoryInfo().total / 2 ** 30),
    loadAtStart: Deno.loadavg().map((load) => Math.round(load * 100) / 100),
  };
}

const PAHO_VERSION =
  "import platform, paho.mqtt as m; print(m.__version__, 'on Python', platform.python_version())";

/** The versions of all that takes part and is installed. */
function describeVersions(): Record<string, string> {
  const versionOf = (peer: Peer, args: string[]) => {
    const command = findPeer(peer);
    if (command === undefined) return "not installed";
    const { stdout } = new Deno.Command(command, { args }).outputSync();
    const text = new TextDecoder().decode(stdout);
    return peer === "paho"
      ? text.trim()
      : /version (\S+)/.exec(text)?.[1] ?? "unknown";
  };
  return {
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    mqtt: config.scopes["file:///"].mqtt.replace("npm:mqtt@", ""),
    mosquitto: versionOf("mosquitto", ["-h"]),
    mosquitto_pub: versionOf("mosquitto_pub", ["--help"]),
    mosquitto_sub: versionOf("mosquitto_sub", ["--help"]),
    paho: versionOf("paho", ["-c", PAHO_VERSION]),
  };
}

/** Writes the figures, all of them, as JSON. */
export async function writeResults(
  path: string | URL,
  report: {
    /** How the figures were come by. */
    conditions: { rounds: number; quick: boolean; only: string[] };
    machine: ReturnType<typeof describeMachine>;
    results: Result[];
  },
): Promise<void> {
  const { conditions, machine, results } = report;
  const whole = {
    date: new Date().toISOString(),
    conditions: { ...conditions, mosquitto: SETTINGS },
    machine,
    versions: describeVersions(),
    results,
  };
  const text = JSON.stringify(whole, roundNumber, 2)
    // The figures of the rounds stand in one line.
    .replaceAll(
      /\[[\s\d.,nul]+\]/g,
      (list) => JSON.stringify(JSON.parse(list)).replaceAll(",", ", "),
    );
  await Deno.writeTextFile(path, `${text}\n`);
}

/** Five digits say all that such a figure can; what follows from others isn't written. */
function roundNumber(key: string, value: unknown): unknown {
  if (key === "roundRatios" || key === "goals") return undefined;
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number(value.toPrecision(5));
}

/**
 * The median: half of the values are no larger, half are no smaller. One run
 * that the machine disturbed doesn't move it, as it would the mean.
 *
 * @throws {RangeError} If there are no values.
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Median of no values");
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

/** How one contestant did compared with another. */
interface Comparison {
  /** The ratio of the two medians. */
  ofMedians: number;
  /** The ratio in each round that both finished, in the order of the rounds. */
  perRound: number[];
}

/**
 * Compares two contestants of the same rounds, `undefined` being a round that
 * one of them did not finish.
 *
 * @returns The ratios, or `undefined` if no round was finished by both.
 * @throws {RangeError} If they did not take part in the same number of rounds.
 */
export function compare(
  ours: readonly (number | undefined)[],
  theirs: readonly (number | undefined)[],
): Comparison | undefined {
  if (ours.length !== theirs.length) {
    throw new RangeError(
      `Rounds are ${ours.length} and ${theirs.length}: they must be as many`,
    );
  }
  const pairs = ours.flatMap((our, round) => {
    const their = theirs[round];
    return our === undefined || their === undefined ? [] : [[our, their]];
  }) as [number, number][];
  if (pairs.length === 0) return undefined;
  return {
    ofMedians: median(pairs.map(([our]) => our)) /
      median(pairs.map(([, their]) => their)),
    perRound: pairs.map(([our, their]) => our / their),
  };
}
