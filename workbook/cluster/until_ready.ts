import { setTimeout as pause } from "node:timers/promises";
import {
  type Client,
  ConnectionRefusedError,
  type OnMessage,
  subscribe,
  type Subscription,
  SubscriptionRefusedError,
} from "../../lib/mod.ts";
import type { EngineSetup } from "./nodes.ts";

/** In milliseconds. */
const LOOK_AGAIN = 50;
const PUBLISH_AGAIN = 200;
const TIME = 120_000;

/** A node that is waited for. */
interface WaitedNode {
  readonly number: number;
  readonly url: string;
}

/**
 * Waits until some nodes are a cluster: each has found the others, and hands on what
 * is published at any of them.
 *
 * @param signal Ends the wait; its reason is thrown.
 * @throws {Error} If it takes more than two minutes.
 */
export async function untilReady(
  nodes: readonly WaitedNode[],
  { hasJoined = () => Promise.resolve(true) }: Pick<EngineSetup, "hasJoined">,
  signal: AbortSignal,
): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`Nodes aren't a cluster after ${TIME / 1000} s`));
  }, TIME);
  const end = AbortSignal.any([signal, late.signal]);
  try {
    for (const { number } of nodes) {
      while (!await hasJoined(number)) {
        end.throwIfAborted();
        await pause(LOOK_AGAIN);
      }
    }
    await untilPassing(nodes.map(({ url }) => url), end);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until each of some brokers hands on, at QoS 1, what is published at each. */
async function untilPassing(
  urls: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const topic = `cluster/${crypto.randomUUID()}`;
  const missing = new Set(
    urls.flatMap((to) => urls.map((_, from) => `${from} ${to}`)),
  );
  const { promise: passed, resolve, reject } = Promise.withResolvers<void>();
  passed.catch(() => {});
  signal.addEventListener("abort", () => reject(signal.reason));
  await using subscriptions = new AsyncDisposableStack();
  const clients: Client[] = [];
  for (const url of urls) {
    const subscription = await subscribeWhenTaken(url, topic, ({ text }) => {
      missing.delete(`${text} ${url}`);
      if (missing.size === 0) resolve();
    }, signal);
    subscriptions.use(subscription);
    clients.push(subscription.client);
  }
  const publish = () => {
    clients.forEach((client, from) =>
      client.publish(topic, `${from}`, { qos: 1 })
    );
  };
  publish();
  const rounds = setInterval(publish, PUBLISH_AGAIN);
  try {
    await passed;
  } finally {
    clearInterval(rounds);
  }
}

/** Subscribes at a broker that refuses it for as long as it sees too few others. */
async function subscribeWhenTaken(
  url: string,
  topic: string,
  onMessage: OnMessage,
  signal: AbortSignal,
): Promise<Subscription> {
  for (;;) {
    try {
      return await subscribe(url, [topic, 1], onMessage, false, {
        signal,
        timeout: Infinity,
        retryDelay: [0.1, 0.5],
        log: () => {},
      });
    } catch (error) {
      const isRefused = error instanceof ConnectionRefusedError ||
        error instanceof SubscriptionRefusedError;
      if (!isRefused) throw error;
    }
    await pause(LOOK_AGAIN);
  }
}
