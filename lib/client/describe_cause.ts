import { refusalWords } from "../reason_codes.ts";
import { ExplainedFailure, UNTRUSTED } from "./tls_failure.ts";

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
  // MQTT.js's words for a CONNACK.
  if (
    text.startsWith("Connection refused:") && typeof cause.code === "number"
  ) {
    return `it refused the connection: ${
      refusalWords(cause.code)
    } (code ${cause.code})`;
  }
  const { event } = cause as { event?: { message?: string } };
  const words = event?.message?.split("failed to connect to WebSocket: ").pop();
  if (/h2 alpn/.test(words ?? "")) return "it serves no WebSocket on this port";
  if (/CertificateRequired/.test(text)) {
    return "it asks for a certificate of the client (tls: cert and key)";
  }
  if (words === "Failed to send frame") return "the connection was closed";
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
