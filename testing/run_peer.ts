/**
 * Clients of others, run to their end.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { startProcess } from "./processes.ts";

/** Where a broker is, in the flags of mosquitto's clients. */
export function placeFlags({ port }: { port: number }): string[] {
  return ["-h", "127.0.0.1", "-p", String(port)];
}

/** Runs a program to its end, which must be a good one; gives what it printed. */
export async function runPeer(
  command: string,
  args: string[],
): Promise<string> {
  await using process = startProcess(command, args);
  const { code, stdout, stderr } = await process.end();
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}
