import type { BrokerAddress } from "./address.ts";
import type { TlsOptions } from "./stream.ts";
import { NotMqttError } from "../errors.ts";
import { describeCause } from "./describe_cause.ts";
import { isLoopback, proxyVariable } from "./proxy.ts";
import { ExplainedFailure, explainPlain, explainTls } from "./tls_failure.ts";

/** How long a second look at a broker may take, in milliseconds. */
const LOOK_TIME = 2_000;

/** What Deno's `node:tls` says of several faults, and sockets of any. */
const VAGUE_CODES: unknown[] = [
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ECONNRESET",
  "EPIPE",
];

/** Where an attempt went, and how. */
interface Attempt {
  address: BrokerAddress;
  tls: TlsOptions | undefined;
  /** Ends the second look. */
  signal: AbortSignal;
}

/** An attempt's error: MQTT.js adds a failed WebSocket's event. */
type AttemptError = Error & { code?: unknown; event?: unknown };

/**
 * Finds out why an attempt to connect failed, where its error doesn't say.
 *
 * Deno's `node:tls` gives one reason for several faults of a certificate, and its
 * WebSocket often gives none. `Deno.startTls` knows them. So where the error is
 * vague, this opens a second connection to the same host and port, with the same
 * authorities, and ends it after the TLS handshake, without a word of MQTT. What
 * it sees names the cause and changes nothing else: the attempt has failed.
 *
 * @returns An error that says more, or the same one.
 */
export async function explainFailure(
  error: AttemptError,
  attempt: Attempt,
): Promise<Error> {
  const isProxied = "event" in error && !isLoopback(attempt.address.hostname);
  const variable = isProxied ? proxyVariable(attempt.address) : undefined;
  if (variable !== undefined) {
    return explainProxy(error, attempt.address, variable);
  }
  if (!isVague(error)) return error;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), LOOK_TIME);
  try {
    const over = AbortSignal.any([attempt.signal, limit.signal]);
    return await look(error, attempt, over) ?? error;
  } finally {
    clearTimeout(timer);
  }
}

/** Says that it wasn't the broker that was asked, and how to ask it. */
function explainProxy(
  error: AttemptError,
  { hostname }: BrokerAddress,
  variable: string,
): Error {
  const words = describeCause(error);
  const fault = words === "tcp connect error"
    ? "can't be reached"
    : `answered, not the broker: ${words}`;
  return new ExplainedFailure({
    code: "ERR_PROXY_TUNNEL",
    text:
      `the proxy of ${variable} ${fault} (with ${hostname} in NO_PROXY it is not asked)`,
  }, error);
}

function isVague(error: AttemptError): boolean {
  return VAGUE_CODES.includes(error.code) || "event" in error ||
    // Such as TLS's alert.
    error instanceof NotMqttError;
}

async function look(
  error: AttemptError,
  { address, tls = {} }: Attempt,
  signal: AbortSignal,
): Promise<Error | undefined> {
  const { hostname, port, protocol } = address;
  let tcp;
  try {
    tcp = await Deno.connect({ hostname, port, signal });
  } catch (found) {
    // A WebSocket doesn't tell a refused connection from an unknown host.
    return "event" in error ? explainConnecting(found as Error) : undefined;
  }
  // A WebSocket asks for the URL's name and no other.
  const name = protocol === "mqtts" ? tls.servername : undefined;
  const found = await shakeHands(tcp, {
    hostname: name ?? hostname,
    caCerts: [tls.ca ?? []].flat(),
  }, signal);
  const isSecure = protocol === "mqtts" || protocol === "wss";
  const explanation = isSecure
    ? found && explainTls(found, protocol)
    : explainPlain(found, protocol);
  return explanation && new ExplainedFailure(explanation, error);
}

/**
 * Gives the error that the handshake ends with, if any, and closes. What a peer
 * leaves half done, Deno closes when the peer does or the program ends.
 */
async function shakeHands(
  tcp: Deno.TcpConn,
  options: Deno.StartTlsOptions,
  signal: AbortSignal,
): Promise<Error | undefined> {
  let connection: Deno.TlsConn;
  try {
    connection = await Deno.startTls(tcp, options);
  } catch (error) {
    tcp.close();
    return error as Error; // Such as of a name that no host can have
  }
  const close = () => connection.close();
  signal.addEventListener("abort", close);
  try {
    if (signal.aborted) close();
    await connection.handshake();
  } catch (error) {
    return error as Error;
  } finally {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) close();
  }
}

function explainConnecting(
  error: Error & { code?: unknown },
): Error | undefined {
  if (typeof error.code === "string") return error;
  if (!error.message.startsWith("failed to lookup")) return undefined;
  return Object.assign(error, { code: "ENOTFOUND" });
}
