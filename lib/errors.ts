import { ExplainedFailure, UNTRUSTED } from "./client/tls_failure.ts";

/**
 * The broker answered, and refused the connection: a wrong password, for
 * instance. Trying again without a change makes no sense, so nothing does.
 *
 * @example Telling a wrong password from a broker that isn't there
 * ```ts
 * import { ConnectionRefusedError } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ConnectionRefusedError("localhost:1883", 5);
 * assertEquals(error.code, 5);
 * assertEquals(error.reason, "not authorized");
 * ```
 */
export class ConnectionRefusedError extends Error {
  /** The error's name. */
  override readonly name = "ConnectionRefusedError";
  /** The broker's host and port. */
  readonly address: string;
  /**
   * The CONNACK return code 1–5 of MQTT 3.1.1 (section 3.2.2.3), or the reason
   * code from 128 of MQTT 5 (section 3.2.2.2).
   */
  readonly code: number;
  /** The code in words. */
  readonly reason: string;

  /**
   * Makes the error from the code of a CONNACK packet.
   *
   * @param address The broker's host and port.
   * @param code The return code or reason code.
   */
  constructor(address: string, code: number) {
    const reason = CONNECTION_REASONS[code] ?? "unknown reason";
    super(
      `Broker at ${address} refused the connection: ${reason} (code ${code})`,
    );
    this.address = address;
    this.code = code;
    this.reason = reason;
  }
}

const CONNECTION_REASONS: Record<number, string> = {
  1: "unacceptable protocol version",
  2: "client identifier rejected",
  3: "server unavailable",
  4: "bad user name or password",
  5: "not authorized",
  128: "unspecified error",
  129: "malformed packet",
  130: "protocol error",
  131: "implementation specific error",
  132: "unsupported protocol version",
  133: "client identifier not valid",
  134: "bad user name or password",
  135: "not authorized",
  136: "server unavailable",
  137: "server busy",
  138: "banned",
  140: "bad authentication method",
  144: "topic name invalid",
  149: "packet too large",
  151: "quota exceeded",
  153: "payload format invalid",
  154: "retain not supported",
  155: "QoS not supported",
  156: "use another server",
  157: "server moved",
  159: "connection rate exceeded",
};

/**
 * The broker could not be reached in time: nothing listens there, the name is
 * unknown, TLS failed, or the answer never came. `cause` is the last error; what
 * is wrong with a certificate stands in its `code`, as Node names it, such as
 * `CERT_HAS_EXPIRED`.
 *
 * @example Reading the message
 * ```ts
 * import { BrokerUnreachableError } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const cause = Object.assign(new Error(), { code: "ECONNREFUSED" });
 * assertEquals(
 *   new BrokerUnreachableError("localhost:1883", cause).message,
 *   "Broker at localhost:1883 can't be reached: connection refused (is a broker running there?)",
 * );
 * ```
 */
export class BrokerUnreachableError extends Error {
  /** The error's name. */
  override readonly name = "BrokerUnreachableError";
  /** The broker's host and port. */
  readonly address: string;

  /**
   * Makes the error from the last attempt's failure.
   *
   * @param address The broker's host and port.
   * @param cause The last attempt's error, if there was one.
   */
  constructor(address: string, cause?: Error) {
    super(`Broker at ${address} can't be reached: ${describeCause(cause)}`, {
      cause,
    });
    this.address = address;
  }
}

/**
 * The broker refused to grant one or more topic filters (a SUBACK with 128 or
 * more: MQTT 3.1.1 section 3.9.3).
 *
 * @example Reading which filters were refused
 * ```ts
 * import { SubscriptionRefusedError } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new SubscriptionRefusedError(["secret/#"]);
 * assertEquals(error.message, 'Broker refused the topic filter "secret/#"');
 * ```
 */
export class SubscriptionRefusedError extends Error {
  /** The error's name. */
  override readonly name = "SubscriptionRefusedError";
  /** The topic filters that were refused. */
  readonly filters: readonly string[];
  /** What is subscribed to all the same, if anything; disposing of it ends it. */
  readonly subscription: AsyncDisposable | undefined;

  /**
   * Makes the error from the refused filters.
   *
   * @param filters The topic filters that were refused.
   * @param subscription What is subscribed to all the same.
   */
  constructor(filters: readonly string[], subscription?: AsyncDisposable) {
    const quoted = filters.map((filter) => `"${filter}"`).join(", ");
    super(
      `Broker refused the topic filter${
        filters.length > 1 ? "s" : ""
      } ${quoted}`,
    );
    this.filters = filters;
    this.subscription = subscription;
  }
}

/**
 * A message that was not published: the queue was full, the connection was
 * closed first, or the broker refused it. Or one of which nobody knows, because
 * it was sent, and the connection or the session was lost before the broker had
 * confirmed it: then `mayHaveArrived` is true.
 *
 * @example Reading what was refused
 * ```ts
 * import { PublishError } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new PublishError("iot/user1/temp", "the queue is full");
 * assertEquals(
 *   error.message,
 *   'Message on "iot/user1/temp" was not published: the queue is full',
 * );
 * assertEquals(error.mayHaveArrived, false);
 * ```
 */
export class PublishError extends Error {
  /** The error's name. */
  override readonly name = "PublishError";
  /** The message's topic. */
  readonly topic: string;
  /**
   * Whether the message was sent and may have arrived all the same. Publishing it
   * again may then make two of it.
   */
  readonly mayHaveArrived: boolean;

  /**
   * Makes the error.
   *
   * @param topic The message's topic.
   * @param reason Why it was not published.
   * @param options The error that caused it, if any, and whether the message may
   *   have arrived, false unless given.
   */
  constructor(
    topic: string,
    reason: string,
    options: ErrorOptions & { mayHaveArrived?: boolean } = {},
  ) {
    const { mayHaveArrived = false, ...cause } = options;
    const what = mayHaveArrived
      ? "may or may not have arrived"
      : "was not published";
    super(`Message on "${topic}" ${what}: ${reason}`, cause);
    this.topic = topic;
    this.mayHaveArrived = mayHaveArrived;
  }
}

const CAUSES: Record<string, string> = {
  ECONNREFUSED: "connection refused (is a broker running there?)",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  ENOTFOUND: "the host name is unknown",
  EAI_AGAIN: "the host name is unknown",
  EAI_NODATA: "the host name is unknown",
  ETIMEDOUT: "no answer came in time",
  EHOSTUNREACH: "the host is out of reach",
  ENETUNREACH: "the network is out of reach",
  EADDRNOTAVAIL: "the address to bind is not this machine's",
  // What Deno says of it.
  EINVAL: "the address to bind is not this machine's",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
};

/**
 * Says in words why a connection failed or was lost.
 *
 * @param cause The stream's or MQTT.js's error, if there was one.
 * @returns A clause without a full stop.
 */
export function describeCause(
  cause: (Error & { code?: unknown }) | undefined,
): string {
  if (cause === undefined) return "the broker closed the connection";
  if (cause instanceof ExplainedFailure) return cause.message;
  if (isNotPermitted(cause)) {
    return "Deno does not permit it (run the program with --allow-net)";
  }
  const known = CAUSES[String(cause.code)];
  if (known !== undefined) return known;
  const text = cause.message;
  if (text === "connack timeout") return "it accepts, but does not answer";
  if (text === "Keepalive timeout") return "it stopped answering pings";
  const { event } = cause as { event?: { message?: string } };
  const words = event?.message?.split("failed to connect to WebSocket: ").pop();
  if (/h2 alpn/.test(words ?? "")) return "it serves no WebSocket on this port";
  if (/CertificateRequired/.test(text)) {
    return "it asks for a certificate of the client (tls: cert and key)";
  }
  // Deno tries HTTP/2 after a TLS handshake failed, and tells only of that.
  if (/NoApplicationProtocol|HTTP\/2 not/.test(words ?? "")) {
    return "its certificate is not trusted here, or it serves no WebSocket";
  }
  return words || text || String(cause.code ?? "unknown error");
}

/** Whether a connection failed because the program lacks Deno's permission. */
export function isNotPermitted(
  cause: (Error & { code?: unknown; syscall?: unknown }) | undefined,
): boolean {
  // For a name it is only the lookup that tells, in Node.js's words.
  return cause?.name === "NotCapable" ||
    cause?.code === "EPERM" && cause.syscall === "getaddrinfo";
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

/** Makes an error of whatever was thrown. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
