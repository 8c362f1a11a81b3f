import type { Topic } from "../wire/topics.ts";
import { FilterTree } from "./filter_tree.ts";
import type { Message, Terms } from "./message.ts";
import type { RetainedMessages } from "./retained.ts";
import { ShareGroup } from "./share_group.ts";
import { type Subscriber, type Subscription, termsOf } from "./subscription.ts";

/** A subscriber who gets the messages of a topic, and on what terms. */
interface Target {
  subscriber: Subscriber;
  terms: Terms;
  /** Those for messages of its own; `undefined` if it doesn't want them. */
  own: Terms | undefined;
}

/** Who gets the messages of a topic. */
interface Route {
  targets: Target[];
  groups: ShareGroup[];
}

/** Who has published a message, if it is there. */
export interface Publisher {
  subscriber?: Subscriber;
  /** Is told of each who has more waiting than should. */
  onBusy?: (subscriber: Subscriber) => void;
}

/** Longer routes would fill the memory: they are found anew each time. */
const LONGEST_KEPT = 32;
/** Knows who gets which messages. */
export class Router {
  readonly #filters = new FilterTree<Subscription>();
  readonly #groups = new FilterTree<ShareGroup>();
  readonly #groupsByName = new Map<string, ShareGroup>();
  readonly #retained: RetainedMessages;
  /** Routes by topic, until anybody's subscriptions change. */
  #routes = new WeakMap<Topic, Route>();
  /** How many messages have been sent to subscribers. */
  sent = 0;

  constructor(retained: RetainedMessages) {
    this.#retained = retained;
  }

  /** Adds a subscription, for one that isn't there. */
  add(subscription: Subscription): void {
    this.#routes = new WeakMap();
    const { filter, group, levels } = subscription;
    if (group === undefined) {
      this.#filters.add(levels, subscription);
      return;
    }
    let shared = this.#groupsByName.get(filter);
    if (shared === undefined) {
      this.#groupsByName.set(filter, shared = new ShareGroup(levels));
      this.#groups.add(levels, shared);
    }
    shared.add(subscription);
  }

  /** Takes a subscription out. */
  remove(subscription: Subscription): void {
    this.#routes = new WeakMap();
    const { filter, group, levels } = subscription;
    if (group === undefined) {
      this.#filters.delete(levels, subscription);
      return;
    }
    const shared = this.#groupsByName.get(filter);
    if (shared === undefined) return;
    shared.delete(subscription.subscriber);
    this.handOver(subscription);
    if (!shared.isEmpty) return;
    this.#groupsByName.delete(filter);
    this.#groups.delete(levels, shared);
  }

  /** Looks again who may receive what. */
  forgetRights(): void {
    this.#routes = new WeakMap();
  }

  /**
   * Gives what a member of a group hasn't confirmed to another one who is there:
   * it has left, or its connection is gone.
   */
  handOver({ filter, subscriber }: Subscription): void {
    const shared = this.#groupsByName.get(filter);
    if (shared === undefined || !shared.isAttended) return;
    for (const { message } of subscriber.outbox.reclaim(filter)) {
      this.#share(shared, message);
    }
  }

  /** Whether anybody gets the messages of a topic. */
  isWanted(topic: Topic): boolean {
    const { targets, groups } = this.#routeOf(topic);
    return targets.length > 0 || groups.length > 0;
  }

  /** Keeps a message if it asks for it, and sends it to all who get it. */
  publish(message: Message, from?: Publisher): void {
    if (message.retain) this.#retained.take(message);
    this.send(message, from);
  }

  /** Sends a message to all who get it. */
  send(message: Message, { subscriber: self, onBusy }: Publisher = {}): void {
    const { targets, groups } = this.#routeOf(message.topic);
    for (const { subscriber, terms, own } of targets) {
      const actual = subscriber === self ? own : terms;
      if (actual === undefined) continue;
      this.#deliver(message, subscriber, actual);
      if (!subscriber.outbox.isReady) onBusy?.(subscriber);
    }
    for (const group of groups) {
      const subscriber = this.#share(group, message);
      if (subscriber && !subscriber.outbox.isReady) onBusy?.(subscriber);
    }
  }

  #share(group: ShareGroup, message: Message): Subscriber | undefined {
    const member = group.next(message.topic.text);
    if (member !== undefined) {
      this.#deliver(message, member.subscriber, member.terms);
    }
    return member?.subscriber;
  }

  #deliver(message: Message, subscriber: Subscriber, terms: Terms): void {
    this.sent++;
    subscriber.outbox.send(message, terms);
  }

  #routeOf(topic: Topic): Route {
    const known = this.#routes.get(topic);
    if (known !== undefined) return known;
    const bySubscriber = new Map<Subscriber, Subscription[]>();
    for (const subscription of this.#filters.match(topic.levels)) {
      const { subscriber } = subscription;
      const others = bySubscriber.get(subscriber);
      if (others !== undefined) others.push(subscription);
      else if (subscriber.mayReceive(topic.text)) {
        bySubscriber.set(subscriber, [subscription]);
      }
    }
    const route: Route = {
      targets: [...bySubscriber].map(([subscriber, subscriptions]) =>
        targetOf(subscriber, subscriptions)
      ),
      groups: [...this.#groups.match(topic.levels)],
    };
    if (route.targets.length <= LONGEST_KEPT) this.#routes.set(topic, route);
    return route;
  }
}

function targetOf(
  subscriber: Subscriber,
  subscriptions: Subscription[],
): Target {
  const terms = termsOf(subscriptions);
  const forOwn = subscriptions.filter(({ noLocal }) => !noLocal);
  const own = forOwn.length === subscriptions.length
    ? terms
    : forOwn.length === 0
    ? undefined
    : termsOf(forOwn);
  return { subscriber, terms, own };
}
