import { UsageError } from "../options/program.ts";
import { LOOPBACK } from "./engine_setup.ts";

/**
 * Below the ports that systems hand out by themselves: nothing is to take a node's
 * while the node is down.
 */
const LOWEST = 20_000;
const ABOVE = 32_768;

/** Finds ports of loopback that nothing listens on. */
export function freePorts(count: number): number[] {
  const listeners: Deno.TcpListener[] = [];
  while (listeners.length < count) {
    const port = LOWEST + Math.floor(Math.random() * (ABOVE - LOWEST));
    const listener = listen(port);
    if (listener) listeners.push(listener);
  }
  for (const listener of listeners) listener.close();
  return listeners.map(({ addr }) => addr.port);
}

/**
 * Checks that ports of loopback can be listened on.
 *
 * @throws {UsageError} If one is in use.
 */
export function assertFree(ports: readonly number[]): void {
  for (const port of ports) {
    const listener = listen(port);
    if (listener === undefined) {
      throw new UsageError(
        `Port ${port} on ${LOOPBACK} is already in use: stop what uses it, or choose other ports with --port`,
      );
    }
    listener.close();
  }
}

function listen(port: number): Deno.TcpListener | undefined {
  try {
    return Deno.listen({ hostname: LOOPBACK, port });
  } catch (error) {
    const isTaken = error instanceof Deno.errors.AddrInUse ||
      error instanceof Deno.errors.PermissionDenied;
    if (isTaken) return undefined;
    throw error;
  }
}
