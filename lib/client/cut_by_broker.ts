import { DisconnectedError } from "../errors.ts";

// Reasons of a DISCONNECT that no message is the cause of: busy, shutting down, taken
// over and the like.
const NOT_FOR_A_MESSAGE = [136, 137, 139, 141, 142, 152, 156, 157, 159, 160];
const CLOSED_BY_PEER = ["ECONNRESET", "ECONNABORTED", "EPIPE"];

/**
 * Whether it is the broker that has ended a connection, and a message may be why:
 * not a dead peer, an answer that isn't MQTT, or a DISCONNECT with another reason.
 *
 * @param cause The broker's reason, or the connection's error, if there was one.
 */
export function isCutByBroker(
  cause: (Error & { code?: unknown }) | undefined,
): boolean {
  if (cause === undefined) return true;
  return cause instanceof DisconnectedError
    ? !NOT_FOR_A_MESSAGE.includes(cause.code)
    : CLOSED_BY_PEER.includes(String(cause.code));
}
