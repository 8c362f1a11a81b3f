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

interface Member {
  subscriber: Subscriber;
  terms: Terms;
}

/**
 * Those who share the messages of a filter (MQTT 5.0 section 4.8.2): each message
 * goes to one of them.
 */
export class ShareGroup {
  #members: Member[] = [];
  #last = 0;

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  /** Whether the client of any member is there. */
  get isAttended(): boolean {
    return this.#members.some(({ subscriber }) => subscriber.isConnected);
  }

  add(subscription: Subscription): void {
    const { subscriber } = subscription;
    const terms = { ...termsOf([subscription]), share: subscription.filter };
    this.#members.push({ subscriber, terms });
  }

  delete(subscriber: Subscriber): void {
    this.#members = this.#members.filter((one) =>
      one.subscriber !== subscriber
    );
  }

  /**
   * Whose turn it is: of those who are there and keep up, or else who are there,
   * or else who have a session to come back to.
   *
   * @param topic The message's: who may not receive it is left out.
   */
  next(topic: string): Member | undefined {
    let best: Member | undefined;
    let bestRank = -1;
    const { length } = this.#members;
    for (let step = 1; step <= length && bestRank < 2; step++) {
      const index = (this.#last + step) % length;
      const member = this.#members[index]!;
      const rank = rankOf(member.subscriber);
      if (rank <= bestRank || !member.subscriber.mayReceive(topic)) continue;
      best = member;
      bestRank = rank;
      if (rank === 2) this.#last = index;
    }
    return best;
  }
}

function rankOf({ isConnected, outbox }: Subscriber): number {
  return !isConnected ? 0 : outbox.isReady ? 2 : 1;
}
