import type { ErrorWithSubackPacket } from "mqtt";
import type { ToolkitClient } from "./client.ts";
import { createClient, whenConnected } from "./connection.ts";
import { Deliveries, type Handler } from "./deliveries.ts";
import { parseTopics, type Topics } from "./topic_requests.ts";
import { SubscriptionRefusedError } from "../errors.ts";
import type { Message } from "../message.ts";
import type { SubscribeOptions } from "../subscribe.ts";

const STOP_TIMEOUT = 5;
const HASTE = 0.5;

/** A connection that hands what it is subscribed to, to one handler. */
export interface OpenSubscription extends AsyncDisposable {
  client: ToolkitClient;
  /** The filters that the broker refused. */
  refused: string[];
  close(): Promise<void>;
}

/** Those of `subscribe`, and how to tell of filters that are refused. */
export interface OpenOptions extends SubscribeOptions {
  /** Whether the caller tells; otherwise they are logged. */
  callerTellsRefused?: boolean;
}

/** Connects, subscribes, and waits for the broker's answer to every filter. */
export async function openSubscription(
  host: string | undefined,
  topics: Topics,
  handler: Handler,
  options: OpenOptions,
): Promise<OpenSubscription> {
  const { qos = 0 } = options;
  const requests = parseTopics(topics, qos);
  const client = createClient(host, options);
  const {
    onError = (error, message) => reportFailure(client, message, error),
  } = options;
  // Before the connection stands: a kept session delivers at once.
  const deliveries = new Deliveries(client, handler, onError);
  let closing: Promise<void> | undefined;
  const close = () => closing ??= closeSubscription(client, deliveries);
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(options.signal?.reason);
  aborted.promise.catch(() => {});
  options.signal?.addEventListener("abort", onAbort);
  const { answered, refused } = keepSubscribed(
    client,
    requests,
    options.onSubscribe,
  );
  const tellRefused = () => {
    if (refused.length === 0 || options.callerTellsRefused) return;
    client.report(new SubscriptionRefusedError(refused).message);
  };
  try {
    await whenConnected(client, options);
    await Promise.race([answered, client.refused, aborted.promise]);
    if (requests.size === 0) throw new SubscriptionRefusedError(refused);
    tellRefused();
    return { client, refused, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    // What has arrived is finished; an answer that is missing is not awaited.
    await closeSubscription(client, deliveries, { timeout: HASTE });
    if (error === options.signal?.reason) tellRefused();
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
  }
}

function reportFailure(
  client: ToolkitClient,
  { topic, qos }: Message,
  { message }: Error,
): void {
  const outcome = qos === 0 ? "" : "; the message stays unacknowledged";
  client.report(`Handler failed on ${topic}: ${message}${outcome}`);
}

async function closeSubscription(
  client: ToolkitClient,
  deliveries: Deliveries,
  options?: { timeout: number },
): Promise<void> {
  const left = await deliveries.stop(STOP_TIMEOUT);
  if (left > 0) {
    client.report(`${left} messages were not handled in time`);
  }
  await client.close(options);
}

/**
 * Subscribes on each connection whose session doesn't know the filters yet.
 *
 * A filter a packet: with several in one, MQTT.js lets one refusal drop them all.
 */
function keepSubscribed(
  client: ToolkitClient,
  requests: Map<string, 0 | 1 | 2>,
  onSubscribe: SubscribeOptions["onSubscribe"],
): { answered: Promise<void>; refused: string[] } {
  const unanswered = new Set(requests.keys());
  const refused: string[] = [];
  let hasAnswered = false;
  const { promise, resolve } = Promise.withResolvers<void>();

  async function request(filter: string, qos: 0 | 1 | 2): Promise<void> {
    try {
      await client.subscribeAsync(filter, { qos });
    } catch (error) {
      // Without an answer, the next connection asks again.
      if ((error as Partial<ErrorWithSubackPacket>).packet === undefined) {
        return;
      }
      requests.delete(filter);
      refused.push(filter);
      if (hasAnswered) {
        client.report(new SubscriptionRefusedError([filter]).message);
      }
    }
    unanswered.delete(filter);
    if (unanswered.size > 0) return;
    hasAnswered = true;
    resolve();
  }

  client.on("connect", ({ sessionPresent }) => {
    if (sessionPresent && unanswered.size === 0) return;
    if (!sessionPresent) {
      for (const filter of requests.keys()) unanswered.add(filter);
    }
    const asked = [...requests].filter(([filter]) => unanswered.has(filter))
      .map(([filter, qos]) => request(filter, qos));
    Promise.all(asked).then(() => {
      if (client.connected && hasAnswered) onSubscribe?.([...requests.keys()]);
    });
  });
  return { answered: promise, refused };
}
