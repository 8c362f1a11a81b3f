import type { ErrorWithSubackPacket } from "mqtt";
import type { ToolkitClient } from "./client.ts";
import { createClient, startTimer, whenConnected } from "./connection.ts";
import { Deliveries, type Handler } from "./deliveries.ts";
import {
  type FilterRequest,
  parseTopics,
  type Topics,
} from "./topic_requests.ts";
import {
  BrokerUnreachableError,
  type RefusedFilter,
  SubscriptionRefusedError,
  toError,
} from "../errors.ts";
import type { Message } from "../message.ts";
import type { SubscribeOptions } from "../subscribe.ts";

const STOP_TIMEOUT = 5;
const HASTE = 0.5;
const LONGEST_SILENCE = 30;

/** A connection that hands what it is subscribed to, to one handler. */
export interface OpenSubscription extends AsyncDisposable {
  client: ToolkitClient;
  /** The filters that the broker refused. */
  refused: RefusedFilter[];
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
  const requests = parseTopics(topics, options, options.protocolVersion);
  const client = await createClient(host, options);
  const { onError = failureReporter(client) } = options;
  // Before the connection stands: a kept session delivers at once.
  const deliveries = new Deliveries(client, handler, onError);
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeSubscription(client, deliveries);
    return deliveries.isAskedByHandler ? Promise.resolve() : closing;
  };
  const { timeout = LONGEST_SILENCE } = options;
  let timer: ReturnType<typeof startTimer>;
  const tooLate = Promise.withResolvers<never>();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(options.signal?.reason);
  aborted.promise.catch(() => {});
  options.signal?.addEventListener("abort", onAbort);
  const { answered, refused } = keepSubscribed(client, requests, options);
  const tellRefused = () => {
    if (refused.length === 0 || options.callerTellsRefused) return;
    client.report(new SubscriptionRefusedError(refused).message);
  };
  try {
    await whenConnected(client, options);
    timer = startTimer(timeout, () => {
      const cause = client.lastError ?? unanswered();
      tooLate.reject(new BrokerUnreachableError(client.address.label, cause));
    });
    await Promise.race([
      answered,
      client.refused,
      aborted.promise,
      tooLate.promise,
    ]);
    if (requests.size === 0) throw new SubscriptionRefusedError(refused);
    tellRefused();
    return { client, refused, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    // What has arrived is finished; an answer that is missing is not awaited.
    await closeSubscription(client, deliveries, { timeout: HASTE });
    if (error === options.signal?.reason) tellRefused();
    throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", onAbort);
  }
}

function unanswered(): Error {
  return new Error("it does not answer SUBSCRIBE");
}

/** Logs what a handler throws; the same error, such as a recorder's, only once. */
function failureReporter(
  client: ToolkitClient,
): (error: Error, message: Message) => void {
  let told: Error | undefined;
  return (error, { topic, qos }) => {
    if (error === told) return;
    told = error;
    const outcome = qos === 0 ? "" : "; the message stays unacknowledged";
    client.report(`Handler failed on ${topic}: ${error.message}${outcome}`);
  };
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
 * A connection on which one stays without an answer makes room for the next, as
 * a subscriber that waits for ever would look like a topic without messages.
 */
function keepSubscribed(
  client: ToolkitClient,
  requests: Map<string, FilterRequest>,
  { onSubscribe, timeout = LONGEST_SILENCE }: SubscribeOptions,
): { answered: Promise<void>; refused: RefusedFilter[] } {
  const missing = new Set(requests.keys());
  const refused: RefusedFilter[] = [];
  let hasAnswered = false;
  const { promise, resolve } = Promise.withResolvers<void>();

  function giveUp(): void {
    // Until the first answer, a caller who set a time is told when it is over.
    if (hasAnswered || timeout === Infinity) client.cut(unanswered());
  }

  async function ask(filter: string, request: FilterRequest): Promise<void> {
    const timer = startTimer(Math.min(timeout, LONGEST_SILENCE), giveUp);
    try {
      await client.subscribeAsync(filter, request);
    } catch (error) {
      const { packet } = error as Partial<ErrorWithSubackPacket>;
      // Without an answer, the next connection asks again.
      if (packet === undefined) return;
      const [code] = packet.granted as number[];
      const { reasonString } = packet.properties ?? {};
      const refusal = { filter, code: code ?? 128, reasonString };
      requests.delete(filter);
      refused.push(refusal);
      if (hasAnswered) {
        client.report(new SubscriptionRefusedError([refusal]).message);
      }
    } finally {
      clearTimeout(timer);
    }
    missing.delete(filter);
    if (missing.size > 0) return;
    hasAnswered = true;
    resolve();
  }

  let attempts = 0;
  client.on("packetsend", ({ cmd }) => {
    if (cmd !== "connect") return;
    client.stream.once("connect", () => attempts++);
  });
  client.on("connect", ({ sessionPresent }) => {
    // A CONNECT whose answer was lost may have made a session without
    // subscriptions, which is present now.
    const isKept = sessionPresent && attempts <= 1;
    attempts = 0;
    if (isKept && missing.size === 0) return;
    if (!isKept) {
      for (const filter of requests.keys()) missing.add(filter);
    }
    const asked = [...requests].filter(([filter]) => missing.has(filter))
      .map(([filter, request]) => ask(filter, request));
    Promise.all(asked).then(() => {
      if (client.connected && hasAnswered) onSubscribe?.([...requests.keys()]);
    }).catch((error) =>
      client.report(`onSubscribe failed: ${toError(error).message}`)
    );
  });
  return { answered: promise, refused };
}
