import type { Job } from "../_programs.ts";

/** What a program of this folder can do without being told. */
const DEFAULTS: Required<Job> = {
  port: 0,
  clientId: "bench",
  qos: 0,
  window: 1000,
  messages: 1,
  subscribers: 1,
  end: false,
  file: "",
};

/** Reads the job that the program's argument is. */
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
