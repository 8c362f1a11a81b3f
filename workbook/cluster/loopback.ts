/**
 * This computer's loopback: its ports, and the HTTP servers there.
 *
 * @module
 */
import { request } from "node:http";
import { UsageError } from "../options/program.ts";

/** Where all that a cluster listens on is: this computer alone. */
export const LOOPBACK = "127.0.0.1";

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

/** A request to a server on this computer. */
interface LocalRequest {
  port: number;
  path: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
}

/** What a server answered. */
interface LocalAnswer {
  status: number;
  text: string;
}

/**
 * Asks an HTTP server on this computer, past any proxy, which `fetch` isn't.
 *
 * @returns Its answer; undefined if there is none.
 */
export function requestLocally(
  { port, path, method = "GET", headers = {} }: LocalRequest,
): Promise<LocalAnswer | undefined> {
  return new Promise((resolve) => {
    const options = { host: LOOPBACK, port, path, method, headers };
    const nothing = () => resolve(undefined);
    request(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => text += chunk);
      response.on("error", nothing);
      response.on(
        "end",
        () => resolve({ status: response.statusCode ?? 0, text }),
      );
    }).on("error", nothing).end();
  });
}
