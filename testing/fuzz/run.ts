import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../processes.ts";
import { denoFlags } from "../deno_flags.ts";
import { makeInput } from "./input.ts";
import { play, startProbe } from "./play.ts";

export interface FuzzOptions {
  seed: number;
  /** The numbers of the inputs, from the first to before the last. */
  from: number;
  to: number;
  /** After how many inputs the memory counts as that of the start. */
  warmUp: number;
  /** By how many bytes the memory may be above that of the start. */
  mostGrowth: number;
  /** Ends it early. */
  signal?: AbortSignal;
  /** The fault that the broker is to have, by its name in `broker_process.ts`. */
  fault?: string;
  /** How many milliseconds the broker has for what it must do. */
  deadline?: number;
  /** Is told now and then how far it is. */
  report?: (progress: FuzzResult) => void;
}

/** What fuzzing has shown. */
export interface FuzzResult {
  played: number;
  /** How many of them the broker accepted a CONNECT from. */
  letIn: number;
  /** How many were answered to the end. */
  answered: number;
  /** The broker's memory (RSS) after the warm-up, now, and at its highest. */
  memory: { start: number; now: number; highest: number };
  /** The messages of the client beside, and the longest way of one in ms. */
  probe: { sent: number; received: number; worst: number };
}

/** The broker has crashed, hung or grown, and upon which inputs. */
export class FuzzFinding extends Error {
  override readonly name = "FuzzFinding";
  /** The numbers of the inputs that were being played, or just before. */
  readonly numbers: readonly number[];

  constructor(message: string, numbers: readonly number[]) {
    super(message);
    this.numbers = numbers;
  }
}

/** How many inputs are played at the same time. */
const JOBS = 16;
const MEASURE_EACH = 500;
/** How many of the last inputs may have to do with a failure. */
const RECENT = 2 * JOBS;
const BROKER = fileURLToPath(new URL("broker_process.ts", import.meta.url));
const DEADLINE_MILLISECONDS = 15_000;

/**
 * Plays inputs to the embedded broker in a process of its own, with a
 * well-behaved client beside.
 *
 * @throws {FuzzFinding} If the broker crashes, hangs, doesn't answer what is well
 * formed, grows, or doesn't serve the client beside.
 */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { seed, from, to, warmUp, mostGrowth, signal, report } = options;
  const { fault, deadline = DEADLINE_MILLISECONDS } = options;
  await using broker = startProcess(Deno.execPath(), [
    "run",
    ...denoFlags(),
    "--no-prompt",
    "--allow-env",
    "--allow-net",
    "--v8-flags=--expose-gc",
    BROKER,
    ...fault === undefined ? [] : [fault],
  ]);
  await broker.untilPrinted("\n");
  const ports = JSON.parse(broker.printed());
  await using probe = await startProbe(ports.tcp);
  const memory = { start: 0, now: 0, highest: 0 };
  const playing = new Set<number>();
  const played: number[] = [];
  const result = (): FuzzResult => {
    const { sent, received, worst } = probe.report();
    return {
      ...counts,
      memory: { ...memory },
      probe: { sent, received, worst },
    };
  };
  const counts = { played: 0, letIn: 0, answered: 0 };
  let next = from;
  let question = 0;
  let error: unknown;

  async function measure(): Promise<void> {
    const name = `memory-${question++}`;
    await broker.write(`${name}\n`);
    await broker.untilPrinted(`end of ${name}\n`);
    const [, answer = ""] = broker.printed().split(`\n${name} `);
    memory.now = parseInt(answer);
    if (counts.played < warmUp) return;
    if (memory.start === 0) memory.start = memory.now;
    memory.highest = Math.max(memory.highest, memory.now);
    if (memory.highest - memory.start > mostGrowth) {
      throw new Error(
        `The broker's memory grew from ${memory.start} to ${memory.now} bytes`,
      );
    }
  }
  async function job(): Promise<void> {
    while (next < to && error === undefined && !signal?.aborted) {
      const number = next++;
      playing.add(number);
      const input = makeInput(seed, number);
      const outcome = await play(input, ports, deadline);
      if (input.isIntact && !outcome.isAnswered) {
        throw new Error("A well-formed PINGREQ wasn't answered");
      }
      counts.played++;
      if (outcome.isLetIn) counts.letIn++;
      if (outcome.isAnswered) counts.answered++;
      if (counts.played % MEASURE_EACH === 0) {
        await measure();
        report?.(result());
      }
      const { error: complaint, waiting } = probe.report();
      if (complaint !== undefined) {
        throw new Error(`Client beside: ${complaint}`);
      }
      if (waiting > deadline) {
        throw new Error(`Client beside: nothing has come for ${waiting} ms`);
      }
      playing.delete(number);
      played.push(number);
      if (played.length > RECENT) played.shift();
    }
  }
  const jobs = Array.from({ length: JOBS }, () =>
    job().catch((cause) => {
      error ??= cause;
    }));
  await Promise.all(jobs);
  try {
    if (error !== undefined) throw error;
    await probe.end();
    await measure();
    return result();
  } catch (cause) {
    const { message } = cause as Error;
    throw new FuzzFinding(
      `${message}\n${await lastWords(broker)}`.trim(),
      // One that the broker has crashed upon may seem to have ended well.
      [...playing, ...played].sort((one, other) => one - other),
    );
  }
}

/** Lets a broker end, or makes it, and returns what it has said of an error. */
async function lastWords(broker: Process): Promise<string> {
  const timer = setTimeout(() => broker.kill("SIGKILL"), 2_000);
  const { stderr } = await broker.end();
  clearTimeout(timer);
  return stderr;
}
