import { startTimer } from "./client/runtime.ts";
import { connect, type ConnectOptions } from "./connect.ts";
import { BrokerUnreachableError } from "./errors.ts";
import { Publisher, type PublishOptions } from "./publisher.ts";

const ANSWER_TIMEOUT = 30;
const LONGEST_TIMEOUT = 86_400;

/** A message to publish: topic, payload, quality of service, retain, properties. */
export interface OutgoingMessage extends PublishOptions {
  /** The topic's name. */
  topic: string;
  /** Text, bytes, or a finite number, sent as text; empty unless given. */
  payload?: string | number | Uint8Array;
}

/**
 * Publishes one message over a connection that isn't kept: paho's `publish.single`
 * (document zh-hant). It resolves once the message is with the broker (QoS 1 and 2) or
 * sent (QoS 0), and the connection is closed. `host` and `options` are as for `connect`.
 *
 * Where the connection is lost before the broker has acknowledged the message, it connects
 * again, to the next address if there are several, within `timeout` (30 s unless given):
 * at QoS 1 the message may arrive twice then.
 *
 * @example One message
 * ```ts
 * import { publishOnce, startBroker } from "./mod.ts";
 *
 * await using broker = await startBroker({ port: 0 });
 * await publishOnce(broker.url, {
 *   topic: "tw/rocksaying",
 *   payload: "hello mqtt",
 *   qos: 1,
 * });
 * ```
 *
 * @throws {ConnectionRefusedError | BrokerUnreachableError} If there is no connection.
 * @throws {PublishError | TypeError} If the message was not published.
 */
export async function publishOnce(
  host: string | undefined,
  message: OutgoingMessage,
  options: ConnectOptions = {},
): Promise<void> {
  await publishMany(host, [message], options);
}

/**
 * Publishes several messages, in order, over a connection that isn't kept: paho's
 * `publish.multiple` (document zh-hant). All else is as for {@linkcode publishOnce}.
 *
 * @example Two messages
 * ```ts
 * import { publishMany, startBroker } from "./mod.ts";
 *
 * await using broker = await startBroker({ port: 0 });
 * await publishMany(broker.url, [
 *   { topic: "temperature", payload: "24.0" },
 *   { topic: "humidity", payload: "65%", qos: 1 },
 * ]);
 * ```
 */
export async function publishMany(
  host: string | undefined,
  messages: Iterable<OutgoingMessage> | AsyncIterable<OutgoingMessage>,
  options: ConnectOptions = {},
): Promise<void> {
  const { timeout = ANSWER_TIMEOUT } = options;
  const client = await connect(host, options);
  // Other than a client, it waits for answers on the next connection, too.
  const publisher = new Publisher(client, { answerTimeout: timeout });
  let deadline: ReturnType<typeof setTimeout> | undefined;
  try {
    for await (const { topic, payload = "", ...flags } of messages) {
      await publisher.ready;
      publisher.publish(topic, payload, flags);
    }
    // This rejects what isn't acknowledged, and so ends the wait.
    deadline = startTimer(timeout, () => client.close({ timeout: 0 }));
    await publisher.close({ timeout: LONGEST_TIMEOUT });
    await client.close({ timeout: Math.min(timeout, LONGEST_TIMEOUT) });
  } catch (error) {
    // A broker that is silent is waited for no longer.
    if (error instanceof BrokerUnreachableError) {
      await client.close({ timeout: 0 });
    }
    throw error instanceof AggregateError ? error.errors[0] ?? error : error;
  } finally {
    clearTimeout(deadline);
    await client.close();
  }
}
