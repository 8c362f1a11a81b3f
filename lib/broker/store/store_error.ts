/**
 * The embedded broker can't use the folder of its store: another broker has it,
 * for instance. The files in it are left as they were.
 *
 * @example Two brokers on one folder
 * ```ts
 * import { BrokerStoreError, startBroker } from "../../mod.ts";
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
