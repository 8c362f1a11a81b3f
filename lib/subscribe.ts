import type { Client } from "./client/connect_options.ts";
import type {
  OnMessage,
  SubscribeOptions,
} from "./client/subscribe_options.ts";
import { openSubscription } from "./client/subscription.ts";
import type { Topics } from "./client/topic_requests.ts";
import { SubscriptionRefusedError } from "./errors.ts";
import { StopSignal } from "./stop_signal.ts";

export type {
  OnMessage,
  SubscribeOptions,
} from "./client/subscribe_options.ts";
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
 * Subscribes to topics and hands each message to a handler, until Ctrl-C, SIGTERM
 * or `options.signal` (document ko §5 b, `subscribe`). It waits for a broker that
 * isn't there, and survives one that restarts.
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
 * @param host A name, `name:port` or URL; `MQTT_URL`, then localhost, if undefined.
 * @param topic One topic filter, several, or `[filter, qos]` pairs; in place of the
 *   quality of service, options for the filter.
 * @param onMessage Called with each message and the client.
 * @param forever Whether to wait for the end.
 * @param options Those of `connect`, and those of a filter.
 * @returns A promise that resolves after a clean stop. A filter that the broker
 *   refuses is logged, and the others go on.
 * @throws {SubscriptionRefusedError} If the broker refuses every filter.
 * @throws {ConnectionRefusedError} If the broker refuses the connection, now or later.
 * @throws {BrokerUnreachableError} If `options.timeout` is given, and it can't be
 *   reached or doesn't answer in time.
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
 * Subscribes to topics, and hands each message to a handler in the background.
 *
 * @example In the background
 * ```ts
 * import { publishOnce, startBroker, subscribe } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * const received = Promise.withResolvers<string>();
 * await using _subscription = await subscribe(
 *   broker.url,
 *   "iot/#",
 *   (message) => received.resolve(message.text),
 *   false,
 * );
 * await publishOnce(broker.url, { topic: "iot/greeting", payload: "Hello world!" });
 * assertEquals(await received.promise, "Hello world!");
 * ```
 *
 * @param host A name, `name:port` or URL; `MQTT_URL`, then localhost, if undefined.
 * @param topic One topic filter, several, or `[filter, qos]` pairs; in place of the
 *   quality of service, options for the filter.
 * @param onMessage Called with each message and the client.
 * @param forever False, not to wait for the end.
 * @param options Those of `connect`, and those of a filter.
 * @returns The subscription, once the broker has granted it.
 * @throws {SubscriptionRefusedError} If the broker refuses a filter. The others
 *   stay subscribed, and the error's `subscription` closes them.
 * @throws {ConnectionRefusedError | BrokerUnreachableError} If there is no connection.
 * @throws {TypeError | RangeError} If the host, a filter or an option isn't valid.
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
