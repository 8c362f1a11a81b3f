import type { Job } from "../_programs.ts";

/** What a program of this folder can do without being told. */
const DEFAULTS: Required<Job> = {
  port: 0,
  clientId: "bench",
  qos: 0,
  window: 1000,
  ownWindow: false,
  messages: 1,
  subscribers: 1,
  end: false,
  file: "",
};

export function readJob(): Required<Job> & { url: string } {
  const job = { ...DEFAULTS, ...JSON.parse(Deno.args[0]!) as Job };
  return { ...job, url: `mqtt://127.0.0.1:${job.port}` };
}

/** The time in milliseconds, the same for all processes of this machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Prints what the benchmark wants to know, as a line of JSON. */
export function print(facts: Record<string, number | string>): void {
  console.log(JSON.stringify(facts));
}

/**
 * Sends one message after the other, and prints the median and the 99th percentile
 * of the microseconds that they take. The first tenth isn't counted: it is slower,
 * until the code is compiled.
 *
 * @param send Sends one, and returns what settles when it has arrived, and what
 *   settles when nothing of it is left to do.
 */
export async function printLatencies(
  messages: number,
  send: () => { arrival: Promise<void>; done?: Promise<unknown> },
): Promise<void> {
  const warmUp = Math.ceil(messages / 10);
  const times: number[] = [];
  for (let count = 0; count < warmUp + messages; count++) {
    const start = performance.now();
    const { arrival, done } = send();
    await arrival;
    if (count >= warmUp) times.push((performance.now() - start) * 1000);
    await done;
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * times.length)]!;
  print({ median: at(0.5), p99: at(0.99) });
}
