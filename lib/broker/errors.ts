const REASONS: Record<string, (host: string, port: number) => string> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} on ${host} is already in use: stop what uses it, or choose another port`,
  EACCES: (host, port) =>
    `Port ${port} on ${host} is not allowed for this user: choose one from 1024`,
  NotCapable: (host, port) =>
    `Port ${port} on ${host} is not permitted: run the program with --allow-net`,
  EADDRNOTAVAIL: notHere,
  EINVAL: notHere,
  ENOTFOUND: (host) =>
    `Host "${host}" is unknown: it must be a name or address of this computer`,
};

function notHere(host: string): string {
  return `Host "${host}" is not this computer: it must be a name or address of it`;
}

/**
 * The embedded broker can't listen: the port is in use, for instance.
 *
 * @example Reading why
 * ```ts
 * import { BrokerStartError, startBroker } from "../mod.ts";
 * import { assertRejects } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * const error = await assertRejects(
 *   () => startBroker({ port: broker.port }),
 *   BrokerStartError,
 *   "already in use",
 * );
 * console.assert(error.code === "EADDRINUSE");
 * ```
 */
export class BrokerStartError extends Error {
  /** The operating system's code, such as `EADDRINUSE`, or `NotCapable`. */
  readonly code: string;
  /** The host that was to be listened on. */
  readonly host: string;
  /** The port that was to be listened on. */
  readonly port: number;

  /** @ignore */
  constructor(host: string, port: number, cause: Error & { code?: string }) {
    const code = cause.code ?? cause.name;
    super(
      REASONS[code]?.(host, port) ??
        `Port ${port} on ${host} can't be listened on: ${cause.message}`,
      { cause },
    );
    this.name = "BrokerStartError";
    this.code = code;
    this.host = host;
    this.port = port;
  }
}

/**
 * The embedded broker can't use the folder of its store: another broker has it,
 * for instance. The files in it are left as they were.
 *
 * @example Two brokers on one folder
 * ```ts
 * import { BrokerStoreError, startBroker } from "../mod.ts";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const store = await Deno.makeTempDir();
 * {
 *   await using _broker = await startBroker({ port: 0, store });
 *   const error = await assertRejects(
 *     () => startBroker({ port: 0, store }),
 *     BrokerStoreError,
 *     "in use by another broker",
 *   );
 *   assertEquals(error.path, store);
 * }
 * await Deno.remove(store, { recursive: true });
 * ```
 */
export class BrokerStoreError extends Error {
  /** The store's folder. */
  readonly path: string;

  /** @ignore */
  constructor(path: string, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "BrokerStoreError";
    this.path = path;
  }
}
