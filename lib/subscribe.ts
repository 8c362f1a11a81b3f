import type { Client, OnMessage, SubscribeOptions } from "./client/options.ts";
import { openSubscription } from "./client/subscription.ts";
import type { Topics } from "./client/topic_requests.ts";
import { SubscriptionRefusedError } from "./errors.ts";
import { StopSignal } from "./stop_signal.ts";

export type { OnMessage, SubscribeOptions } from "./client/options.ts";
export type {
  FilterOptions,
  LowerGrant,
  TopicRequest,
  Topics,
} from "./client/topic_requests.ts";

/** A subscription that goes on in the background. */
export interface Subscription extends AsyncDisposable {
  /** MQTT.js's client behind it. */
  readonly client: Client;
  /** Finishes the messages that have arrived, and disconnects. */
  close(): Promise<void>;
}

/**
 * Subscribes to topics and hands each message to a handler, until Ctrl-C, SIGTERM or
 * `options.signal` (document ko §5 b, `subscribe`). `host` is a name, `name:port` or a
 * URL; `undefined` stands for `MQTT_URL`, then localhost. `topic` is one filter,
 * several, or `[filter, qos]` pairs.
 *
 * It waits for a broker that isn't there (for `options.timeout`, if given), and
 * survives one that restarts. A filter that the broker refuses is logged, and the
 * others go on.
 *
 * @example Until Ctrl-C, or until something else ends it
 * ```ts
 * import { publishOnce, startBroker, subscribe } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * await publishOnce(broker.url, { topic: "iot/lamp", payload: "on", retain: true });
 * const lines: string[] = [];
 * const enough = new AbortController();
 * await subscribe(broker.url, "iot/#", (message) => {
 *   lines.push(`${message.topic} ${message.text}`);
 *   enough.abort();
 * }, true, { signal: enough.signal });
 * assertEquals(lines, ["iot/lamp on"]);
 * ```
 *
 * @throws {SubscriptionRefusedError} If the broker refuses every filter.
 * @throws {ConnectionRefusedError} If the broker refuses the connection, now or later.
 * @throws {BrokerUnreachableError} If it doesn't answer within `options.timeout`.
 * @throws {TypeError | RangeError} If the host, a filter or an option isn't valid.
 */
export function subscribe(
  host: string | undefined,
  topic: Topics,
  onMessage: OnMessage,
  forever?: true,
  options?: SubscribeOptions,
): Promise<void>;
/**
 * With `forever` false, resolves once the broker has granted the subscription, and
 * hands each message to the handler in the background.
 *
 * @example In the background
 * ```ts
 * import { publishOnce, startBroker, subscribe } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * const { promise, resolve } = Promise.withResolvers<string>();
 * await using _subscription = await subscribe(
 *   broker.url,
 *   "iot/#",
 *   (message) => resolve(message.text),
 *   false,
 * );
 * await publishOnce(broker.url, { topic: "iot/lamp", payload: "on" });
 * assertEquals(await promise, "on");
 * ```
 *
 * @throws {SubscriptionRefusedError} If the broker refuses a filter. The others stay
 * subscribed, and the error's `subscription` closes them.
 * @throws {ConnectionRefusedError | BrokerUnreachableError} If there is no connection.
 */
export function subscribe(
  host: string | undefined,
  topic: Topics,
  onMessage: OnMessage,
  forever: false,
  options?: SubscribeOptions,
): Promise<Subscription>;
export async function subscribe(
  host: string | undefined,
  topic: Topics,
  onMessage: OnMessage,
  forever = true,
  options: SubscribeOptions = {},
): Promise<Subscription | void> {
  if (forever) return await subscribeForever(host, topic, onMessage, options);
  const subscription = await openSubscription(host, topic, onMessage, {
    ...options,
    callerTellsRefused: true,
  });
  const { refused } = subscription;
  if (refused.length === 0) return subscription;
  throw new SubscriptionRefusedError(refused, subscription);
}

async function subscribeForever(
  host: string | undefined,
  topic: Topics,
  onMessage: OnMessage,
  options: SubscribeOptions,
): Promise<void> {
  using stop = new StopSignal(options.signal);
  try {
    await using subscription = await openSubscription(host, topic, onMessage, {
      timeout: Infinity,
      ...options,
      signal: stop.signal,
    });
    const { client } = subscription;
    const ended = new Promise<void>((resolve) => client.once("end", resolve));
    await Promise.race([stop.requested, client.refused, ended]);
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
  }
}
