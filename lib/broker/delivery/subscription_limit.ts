import type { Client } from "aedes";
import { createTally } from "../tally.ts";

/** Counts the filters that clients are subscribed to. */
export interface SubscriptionLimit {
  /** Counts a filter, if there is room for it. */
  add(client: Client, filter: string): boolean;
  /** Whether a filter is counted. */
  has(client: Client, filter: string): boolean;
  /** Makes room again. */
  remove(client: Client, filters: readonly string[]): void;
}

/** Keeps to the limit on the filters of a client. */
export function createSubscriptionLimit(
  maxSubscriptions: number,
  log: (line: string) => void,
): SubscriptionLimit {
  const filtersOf = new WeakMap<Client, Set<string>>();
  const refuse = createTally((count) =>
    log(
      `Subscriptions refused so far: ${count} (maxSubscriptions is ${maxSubscriptions})`,
    )
  );
  return {
    add(client, filter) {
      let filters = filtersOf.get(client);
      if (filters === undefined) filtersOf.set(client, filters = new Set());
      if (filters.size < maxSubscriptions) filters.add(filter);
      if (filters.has(filter)) return true;
      refuse();
      return false;
    },
    has: (client, filter) => filtersOf.get(client)?.has(filter) ?? false,
    remove(client, filters) {
      for (const filter of filters) filtersOf.get(client)?.delete(filter);
    },
  };
}
