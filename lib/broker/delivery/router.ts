import type { Topic } from "../wire/topics.ts";
import { LevelTree } from "./level_tree.ts";
import { type Message, type Terms, withoutSlab } from "./message.ts";
import type { RetainedMessages } from "./retained.ts";
import {
  ShareGroup,
  type Subscriber,
  type Subscription,
  termsOf,
} from "./subscription.ts";

/** Who has published a message, if it is there. */
export interface Publisher {
  subscriber?: Subscriber;
  /** Is told of each who has more waiting than should. */
  onBusy?: (subscriber: Subscriber) => void;
}

/** What stands for a filter: those who share its messages by their filters. */
interface Branch {
  subscriptions: Set<Subscription>;
  groups: Map<string, ShareGroup>;
}

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

/** Longer routes would fill the memory: they are found anew each time. */
const LONGEST_KEPT = 32;

/** Knows who gets which messages. */
export class Router {
  readonly #tree = new LevelTree<Branch>();
  readonly #retained: RetainedMessages;
  /** Routes by topic, until anybody's subscriptions change. */
  #routes = new WeakMap<Topic, Route>();
  /** How many messages have been sent to subscribers. */
  sent = 0;

  constructor(retained: RetainedMessages) {
    this.#retained = retained;
  }

  /** Adds a subscription, in place of its subscriber's last to this filter. */
  add(subscription: Subscription, last?: Subscription): void {
    this.forgetRoutes();
    const { filter, group, levels, subscriber } = subscription;
    let branch = this.#tree.get(levels);
    if (branch === undefined) {
      branch = { subscriptions: new Set(), groups: new Map() };
      this.#tree.set(levels, branch);
    }
    const { subscriptions, groups } = branch;
    if (group === undefined) {
      if (last !== undefined) subscriptions.delete(last);
      subscriptions.add(subscription);
    } else {
      if (!groups.has(filter)) groups.set(filter, new ShareGroup());
      const shared = groups.get(filter)!;
      shared.delete(subscriber);
      shared.add(subscription);
    }
  }

  remove(subscription: Subscription): void {
    this.forgetRoutes();
    const { filter, levels, subscriber } = subscription;
    const branch = this.#tree.get(levels);
    if (branch === undefined) return;
    const { subscriptions, groups } = branch;
    subscriptions.delete(subscription);
    const shared = groups.get(filter);
    if (shared !== undefined) {
      shared.delete(subscriber);
      if (shared.isEmpty) groups.delete(filter);
      else this.#handOver(subscription, shared);
    }
    if (subscriptions.size + groups.size === 0) this.#tree.delete(levels);
  }

  /** Looks for who gets what anew: subscriptions or rights have changed. */
  forgetRoutes(): void {
    this.#routes = new WeakMap();
  }

  /**
   * Gives what a member of a group hasn't confirmed to another one who is there,
   * as its connection is gone.
   */
  handOver(subscription: Subscription): void {
    const { filter, levels } = subscription;
    const shared = this.#tree.get(levels)?.groups.get(filter);
    if (shared?.isAttended) this.#handOver(subscription, shared);
  }

  #handOver({ filter, subscriber }: Subscription, shared: ShareGroup): void {
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
  send(sent: Message, { subscriber: self, onBusy }: Publisher = {}): void {
    const { targets, groups } = this.#routeOf(sent.topic);
    const message = sent.qos > 0 ? withoutSlab(sent) : sent;
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
    const branches = this.#tree.matching(topic.levels);
    const bySubscriber = Map.groupBy(
      branches.flatMap(({ subscriptions }) => [...subscriptions]),
      ({ subscriber }) => subscriber,
    );
    const route: Route = {
      targets: [...bySubscriber]
        .filter(([subscriber]) => subscriber.mayReceive(topic.text))
        .map(([subscriber, subscriptions]) => {
          const forOwn = subscriptions.filter(({ noLocal }) => !noLocal);
          const terms = termsOf(subscriptions);
          const own = forOwn.length === 0 ? undefined : termsOf(forOwn);
          return { subscriber, terms, own };
        }),
      groups: branches.flatMap(({ groups }) => [...groups.values()]),
    };
    if (route.targets.length <= LONGEST_KEPT) this.#routes.set(topic, route);
    return route;
  }
}
