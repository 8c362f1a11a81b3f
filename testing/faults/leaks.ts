/**
 * What a program may leave behind.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "../../lib/mod.ts";

export function countListeners(client: Client): number {
  return client.eventNames()
    .reduce((sum, event) => sum + client.listenerCount(event), 0);
}

/**
 * The TCP sockets that a process has open, with their ends and their state as the
 * system has them (in hexadecimal digits; 06 is one that only waits, 08 one that the
 * other side has ended), and the files below a folder; `undefined` where the system
 * doesn't tell.
 */
async function listOpen(
  folder: string,
  pid: number,
): Promise<string[] | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  // Deno itself lets only a program with all permissions look there.
  const open = await read("ls", ["-l", `/proc/${pid}/fd`]);
  const tcp = await read("cat", ["/proc/net/tcp", "/proc/net/tcp6"]);
  const sockets = new Map(tcp.map((line) => {
    const fields = line.trim().split(/\s+/);
    return [`socket:[${fields[9]}]`, fields.slice(1, 4).join(" ")];
  }));
  return open.map((line) => line.split(" -> ")[1] ?? "").flatMap((target) => {
    const ends = sockets.get(target);
    if (ends !== undefined) return `${target} ${ends}`;
    return target.startsWith(folder) ? target : [];
  });
}

async function read(command: string, args: string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command(command, { args }).output();
  return new TextDecoder().decode(stdout).split("\n");
}

/**
 * Waits until nothing is open any more, for some milliseconds; says what is left,
 * if anything.
 *
 * @param folder Files below it count, besides TCP sockets.
 * @param milliseconds How long to wait.
 * @param pid The process; this one unless given.
 */
export async function findOpen(
  folder: string,
  milliseconds: number,
  pid: number = Deno.pid,
): Promise<string[]> {
  const deadline = performance.now() + milliseconds;
  while (true) {
    const open = await listOpen(folder, pid) ?? [];
    if (open.length === 0) return [];
    if (performance.now() > deadline) {
      return [`Leaked: still open are ${open.join(", ")}`];
    }
    await pause(50);
  }
}
