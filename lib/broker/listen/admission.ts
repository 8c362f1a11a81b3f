import { isIP, type Socket } from "node:net";
import type { Limits } from "../limits.ts";
import { createMinuteLog, createTally, quote } from "../log.ts";

/** Lets connections in, or not. */
export type Admission = ReturnType<typeof createAdmission>;

/** What the usual errors of a handshake mean, by OpenSSL's names for them. */
const HANDSHAKE_ERRORS: Record<string, string> = {
  ECONNRESET: "the client has closed the connection",
  ERR_SSL_WRONG_VERSION_NUMBER: "the client doesn't speak TLS",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA:
    "the client doesn't know the authority that signed the certificate",
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: "the client refuses the certificate",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    "the client finds that the certificate has expired",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: "the client refuses the certificate",
};

/** Keeps to the limits on connections, over all listeners of a broker. */
export function createAdmission(
  { maxConnections, maxConnectionsPerAddress, connectTimeout }: Limits,
  log: (line: string) => void,
) {
  /** The time that each has left to become one for MQTT, by its address. */
  const deadlines = new Map<string, ReturnType<typeof setTimeout>>();
  const counts = new Map<string, number>();
  const closed = new WeakSet<Socket>();
  const logOncePerMinute = createMinuteLog(log);
  let total = 0;
  const refuseInAll = createTally((count) =>
    log(
      `Connections refused so far: ${count} (maxConnections is ${maxConnections})`,
    )
  );
  const refuseAddress = createTally((count) =>
    log(
      `Connections refused so far, of addresses with many: ${count} (maxConnectionsPerAddress is ${maxConnectionsPerAddress})`,
    )
  );

  function close(socket: Socket): void {
    closed.add(socket);
    socket.destroy();
  }
  return {
    /** Takes a connection, or closes it at once. */
    admit(socket: Socket): void {
      const { remoteAddress: address, remotePort } = socket;
      // It may be gone already.
      if (address === undefined) return void socket.destroy();
      const count = counts.get(address) ?? 0;
      if (total >= maxConnections || count >= maxConnectionsPerAddress) {
        if (total >= maxConnections) refuseInAll();
        else refuseAddress();
        close(socket);
        return;
      }
      total++;
      counts.set(address, count + 1);
      const remote = `${address}:${remotePort}`;
      const deadline = setTimeout(() => {
        log(`Connection from ${remote}: handshake did not end in time`);
        close(socket);
      }, connectTimeout * 1_000);
      deadlines.set(remote, deadline);
      socket.once("close", () => {
        total--;
        const left = counts.get(address)! - 1;
        if (left === 0) counts.delete(address);
        else counts.set(address, left);
        clearTimeout(deadline);
        if (deadlines.get(remote) === deadline) deadlines.delete(remote);
      });
    },
    /** The connection from an address and port has become one for MQTT. */
    isServed(remote: string): void {
      clearTimeout(deadlines.get(remote));
      deadlines.delete(remote);
    },
    /** A connection's TLS handshake has failed. */
    hasFailed(socket: Socket, error: Error & { code?: string }): void {
      const { remoteAddress: address } = socket;
      if (address === undefined || closed.has(socket)) return;
      const reason = HANDSHAKE_ERRORS[error.code ?? ""] ?? quote(error.message);
      logOncePerMinute(
        address,
        `TLS handshake with ${address} failed: ${reason}`,
      );
    },
  };
}

/** Whether a web page may connect, by the headers of its request. */
export type PageAllowed = (
  headers: { origin?: string | undefined; host?: string | undefined },
) => boolean;

/**
 * Decides which web pages may open a WebSocket. A browser lets any page, also a
 * stranger's, connect to any computer that it reaches, and says where the page
 * is from (RFC 6455 section 10.2); other programs say nothing.
 *
 * @param origins Those of pages that may connect, besides those from the host
 * that is asked; `*` for all.
 */
export function allowPages(origins: readonly string[] = []): PageAllowed {
  const allowed = new Set(origins.map(readOrigin));
  return ({ origin, host }) => {
    if (origin === undefined || allowed.has("*")) return true;
    const page = URL.parse(origin);
    if (page === null) return false;
    return allowed.has(page.origin) || isOwn(page.hostname, host);
  };
}

function readOrigin(text: string): string {
  if (text === "*") return text;
  const url = URL.parse(text);
  // With a path or the like it would say more than an origin does.
  if (url !== null && url.origin !== "null" && url.href === `${url.origin}/`) {
    return url.origin;
  }
  throw new TypeError(
    `Origin is "${text}": it must be like "https://school.example", or "*"`,
  );
}

/**
 * Whether a page is from the host that is asked, at whatever port. A stranger
 * can let a name of his own lead here once his page has come from elsewhere (DNS
 * rebinding), so only an address will do, or a name that leads nowhere else.
 */
function isOwn(name: string, host: string | undefined): boolean {
  const asked = URL.parse(`http://${host}`)?.hostname;
  const isSafe = name === "localhost" || isIP(name.replace(/[[\]]/g, "")) > 0;
  return isSafe && name === asked;
}
