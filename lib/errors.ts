import { inspect } from "node:util";
import { describeCause } from "./client/describe_cause.ts";
import { printable } from "./printable.ts";
import { reasonWords, refusalWords } from "./reason_codes.ts";

/**
 * The broker answered, and refused the connection: a wrong password, for instance.
 * Trying again without a change makes no sense, so nothing does.
 *
 * @example Telling a wrong password from a broker that isn't there
 * ```ts
 * import { connect, ConnectionRefusedError, startBroker } from "./mod.ts";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0, users: { ann: "secret" } });
 * const connecting = () => connect(broker.url);
 * const error = await assertRejects(connecting, ConnectionRefusedError);
 * assertEquals([error.code, error.reason], [5, "not authorized"]);
 * ```
 */
export class ConnectionRefusedError extends Error {
  /** The broker's host and port. */
  readonly address: string;
  /**
   * The CONNACK return code 1–5 of MQTT 3.1.1 (section 3.2.2.3), or the reason code from
   * 128 of MQTT 5 (section 3.2.2.2).
   */
  readonly code: number;
  /** The code in words. */
  readonly reason: string;
  /** The reason in the broker's own words, if it gave one (MQTT 5). */
  readonly reasonString: string | undefined;

  /** @ignore */
  constructor(address: string, code: number, options: ReasonOptions = {}) {
    const reason = refusalWords(code);
    const description = describeReason(code, options, reason);
    super(`Broker at ${address} refused the connection: ${description}`);
    this.name = "ConnectionRefusedError";
    this.address = address;
    this.code = code;
    this.reason = reason;
    this.reasonString = options.reasonString;
  }
}

/**
 * What a broker's answer says beside its code (MQTT 5.0 section 3.2.2.3.9).
 *
 * @ignore
 */
interface ReasonOptions {
  /** The reason in the broker's own words. */
  reasonString?: string | undefined;
}

/** Says in a clause why a broker refuses, or ends, something. */
export function describeReason(
  code: number,
  { reasonString }: ReasonOptions = {},
  words: string = reasonWords(code),
): string {
  const own = reasonString ? `: "${printable(reasonString)}"` : "";
  return `${words} (code ${code})${own}`;
}

/**
 * The broker could not be reached in time: nothing listens there, the name is unknown,
 * TLS failed, or the answer never came. `cause` is the last error; what is wrong with
 * a certificate stands in its `code`, such as `CERT_HAS_EXPIRED`.
 *
 * @example Reading the message
 * ```ts
 * import { BrokerUnreachableError, connect } from "./mod.ts";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => connect("localhost:1", { retry: false }),
 *   BrokerUnreachableError,
 *   "Broker at localhost:1 can't be reached: connection refused",
 * );
 * ```
 */
export class BrokerUnreachableError extends Error {
  /** The broker's host and port. */
  readonly address: string;

  /** @ignore */
  constructor(address: string, cause?: Error) {
    super(`Broker at ${address} can't be reached: ${describeCause(cause)}`, {
      cause,
    });
    this.name = "BrokerUnreachableError";
    this.address = address;
  }
}

/**
 * A topic filter that a broker refused, and why.
 *
 * @ignore
 */
export interface RefusedFilter extends ReasonOptions {
  /** The topic filter. */
  filter: string;
  /**
   * SUBACK's code: 128 in MQTT 3.1.1, a reason code in MQTT 5 (section 3.9.3).
   */
  code: number;
}

const NO_REASON = 128;

/**
 * The broker refused to grant one or more topic filters (a SUBACK with 128 or more:
 * MQTT 3.1.1 and MQTT 5.0, section 3.9.3).
 *
 * @example Reading which filters were refused
 * ```ts
 * import { startBroker, subscribe, SubscriptionRefusedError } from "./mod.ts";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const rules = [{ subscribe: ["iot/#"] }];
 * await using broker = await startBroker({ port: 0, rules });
 * const error = await assertRejects(
 *   () => subscribe(broker.url, "secret/#", () => {}, false),
 *   SubscriptionRefusedError,
 * );
 * assertEquals(error.filters, ["secret/#"]);
 * ```
 */
export class SubscriptionRefusedError extends Error {
  /** The topic filters that were refused. */
  readonly filters: readonly string[];
  /** The codes with which they were refused, in the same order. */
  readonly codes: readonly number[];
  /** What is subscribed to all the same, if anything; disposing of it ends it. */
  readonly subscription: AsyncDisposable | undefined;

  /** @ignore */
  constructor(
    refused: readonly RefusedFilter[],
    subscription?: AsyncDisposable,
  ) {
    const list = refused.map(({ filter, code, ...options }) =>
      code === NO_REASON && !options.reasonString
        ? `"${filter}"`
        : `"${filter}": ${describeReason(code, options)}`
    );
    const noun = `topic filter${refused.length > 1 ? "s" : ""}`;
    super(`Broker refused the ${noun} ${list.join(", ")}`);
    this.name = "SubscriptionRefusedError";
    this.filters = refused.map(({ filter }) => filter);
    this.codes = refused.map(({ code }) => code);
    this.subscription = subscription;
  }
}

/**
 * Options of {@linkcode PublishError}.
 *
 * @ignore
 */
interface PublishErrorOptions extends ErrorOptions {
  /** Whether the message was sent and may have arrived; false unless given. */
  mayHaveArrived?: boolean;
  /** The broker's reason code. */
  code?: number;
}

/**
 * A message that was not published: the queue was full, the connection was closed
 * first, or the broker refused it. Or one of which nobody knows, since it was sent,
 * and the connection or the session lost before the broker had confirmed it: then
 * `mayHaveArrived` is true.
 *
 * @example Reading what was refused
 * ```ts
 * import { Publisher, PublishError, startBroker } from "./mod.ts";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using broker = await startBroker({ port: 0 });
 * const publisher = await Publisher.connect(broker.url);
 * await publisher.close();
 * const publishing = () => publisher.publish("iot/user1/temp", 21);
 * const error = await assertRejects(publishing, PublishError, "is closed");
 * assertEquals([error.topic, error.mayHaveArrived], ["iot/user1/temp", false]);
 * ```
 */
export class PublishError extends Error {
  /** The message's topic. */
  readonly topic: string;
  /**
   * Whether it may have arrived all the same: published again, there may be two of it.
   */
  readonly mayHaveArrived: boolean;
  /**
   * The reason code from 128 with which the broker refused it: that of PUBACK or PUBREC
   * (MQTT 5.0 sections 3.4.2.1 and 3.5.2.1).
   */
  readonly code: number | undefined;

  /** @ignore */
  constructor(
    topic: string,
    reason: string,
    options: PublishErrorOptions = {},
  ) {
    const { mayHaveArrived = false, code, ...cause } = options;
    const what = mayHaveArrived
      ? "may or may not have arrived"
      : "was not published";
    super(`Message on "${topic}" ${what}: ${reason}`, cause);
    this.name = "PublishError";
    this.topic = topic;
    this.mayHaveArrived = mayHaveArrived;
    this.code = code;
  }
}

/** Makes a message fit for the middle of a sentence. */
export function decapitalize(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** The reason that what a broker sent could not be read. */
export class NotMqttError extends Error {
  override readonly name = "NotMqttError";

  constructor(cause: Error) {
    super(`what it answers is not MQTT (${decapitalize(cause.message)})`, {
      cause,
    });
  }
}

/** The reason that a broker has given for ending a connection (MQTT 5). */
export class DisconnectedError extends Error {
  override readonly name = "DisconnectedError";
  /** DISCONNECT's reason code. */
  readonly code: number;

  constructor(code: number, options: ReasonOptions = {}) {
    const reason = describeReason(code, options);
    super(`the broker closed the connection: ${reason}`);
    this.code = code;
  }
}

/** Writes any value in a line; not everything can be made a text by JavaScript. */
export function inLine(value: unknown): string {
  return inspect(value, { breakLength: Infinity, depth: 1 });
}

/** Makes an error of whatever was thrown. */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new Error(typeof thrown === "string" ? thrown : inLine(thrown));
}
