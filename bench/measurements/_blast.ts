import { startChild } from "../_children.ts";
import type { Sample } from "../_measurement.ts";
import { denoProgram } from "../_programs.ts";

/**
 * Runs a subscriber against the blaster, which takes the time from the first
 * reading to the subscriber's DISCONNECT: no program's start-up counts.
 */
export async function blast(
  messages: number,
  subscriber: (port: number) => string[],
): Promise<Sample> {
  await using blaster = startChild(denoProgram("blaster.ts", { messages }));
  const { port } = await blaster.next<{ port: number }>();
  await using child = startChild(subscriber(port), { quiet: true });
  await child.finished();
  const { seconds } = await blaster.next<{ seconds: number }>();
  await blaster.finished();
  return { value: messages / seconds, messages };
}
