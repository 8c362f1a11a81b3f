import type { RequestedSubscription } from "../wire/decode.ts";
import type { Terms } from "./message.ts";
import type { Outbox } from "./outbox.ts";

export interface Subscriber {
  readonly outbox: Outbox;
  readonly isConnected: boolean;
  /** Whether it may be sent the messages of a topic. */
  mayReceive(topic: string): boolean;
}

export interface Subscription extends RequestedSubscription {
  readonly subscriber: Subscriber;
  readonly identifier: number | undefined;
}

const PLAIN: readonly Terms[] = ([0, 1, 2] as const).map((qos) => ({
  qos,
  retainAsPublished: false,
  identifiers: [],
}));

/**
 * A message that several of a client's filters let through comes once, on the
 * best terms, with the identifiers of all (MQTT 5.0 section 3.3.4).
 */
export function termsOf(
  subscriptions: readonly Pick<
    Subscription,
    "qos" | "retainAsPublished" | "identifier"
  >[],
): Terms {
  const qos = Math.max(...subscriptions.map(({ qos }) => qos)) as 0 | 1 | 2;
  const retainAsPublished = subscriptions.some((one) => one.retainAsPublished);
  const identifiers = subscriptions.flatMap(({ identifier }) =>
    identifier ?? []
  );
  const isPlain = !retainAsPublished && identifiers.length === 0;
  return isPlain ? PLAIN[qos]! : { qos, retainAsPublished, identifiers };
}
