import type { ToolkitClient } from "./client.ts";
import { createClient } from "./connection.ts";
import { whenConnected } from "./when_connected.ts";
import { Deliveries } from "./deliveries.ts";
import { startTimer } from "./runtime.ts";
import type { OnMessage, SubscribeOptions } from "./options.ts";
import { unanswered } from "./subscriptions.ts";
import { parseTopics, type Topics } from "./topic_requests.ts";
import {
  BrokerUnreachableError,
  type RefusedFilter,
  SubscriptionRefusedError,
} from "../errors.ts";
import { describeError } from "../describe_error.ts";
import type { Message } from "../message.ts";

const STOP_TIMEOUT = 5;
const HASTE = 0.5;
const LONGEST_SILENCE = 30;

/** A connection that hands what it is subscribed to, to one handler. */
export interface OpenSubscription extends AsyncDisposable {
  client: ToolkitClient;
  refused: RefusedFilter[];
  close(): Promise<void>;
}

/** Those of `subscribe`, and how to tell of filters that are refused. */
interface OpenOptions extends SubscribeOptions {
  /** Whether the caller tells; otherwise they are logged. */
  callerTellsRefused?: boolean;
}

/** Connects, subscribes, and waits for the broker's answer to every filter. */
export async function openSubscription(
  host: string | undefined,
  topics: Topics,
  handler: OnMessage,
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
  const refused: RefusedFilter[] = [];
  const answered = client.subscriptions.begin({
    requests,
    timeout,
    onLowerGrant: options.onLowerGrant,
    onGranted: (filters) => options.onSubscribe?.(filters, client),
    onRefused: (refusal) => refused.push(refusal),
  });
  const tellRefused = () => {
    if (refused.length === 0 || options.callerTellsRefused) return;
    client.report(new SubscriptionRefusedError(refused).message);
  };
  try {
    await whenConnected(client, options);
    timer = startTimer(timeout, () => {
      const cause = client.watch.lastError ?? unanswered();
      tooLate.reject(new BrokerUnreachableError(client.address.label, cause));
    });
    await Promise.race([
      answered,
      client.refused,
      aborted.promise,
      tooLate.promise,
    ]);
    if (refused.length === requests.size) {
      throw new SubscriptionRefusedError(refused);
    }
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

/** Logs what a handler throws; the same error, such as a recorder's, only once. */
function failureReporter(
  client: ToolkitClient,
): (error: Error, message: Message) => void {
  let told: Error | undefined;
  return (error, { topic, qos }) => {
    if (error === told) return;
    told = error;
    const outcome = qos === 0 ? "" : "; the message stays unacknowledged";
    const reason = describeError(error);
    client.report(`Handler failed on ${topic}: ${reason}${outcome}`);
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
