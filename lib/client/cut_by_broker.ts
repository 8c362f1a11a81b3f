import { describeCause } from "./describe_cause.ts";
import { DisconnectedError } from "../errors.ts";

// Reasons of a DISCONNECT that no message is the cause of: busy, shutting down, taken
// over and the like.
const NOT_FOR_A_MESSAGE = [136, 137, 139, 141, 142, 152, 156, 157, 159, 160];
const CLOSED_BY_PEER = ["ECONNRESET", "ECONNABORTED", "EPIPE"];
/** What Deno's WebSocket says, without a code, of a peer that is gone. */
const GONE = /timed out|timeout|unreachable/i;

/**
 * Whether it is the broker that has ended a connection, and a message may be why:
 * not a dead peer, an answer that isn't MQTT, or a DISCONNECT with another reason.
 *
 * @param cause The broker's reason, or the connection's error, if there was one.
 */
export function isCutByBroker(
  cause: (Error & { code?: unknown; event?: unknown }) | undefined,
): boolean {
  if (cause === undefined) return true;
  if (cause instanceof DisconnectedError) {
    return !NOT_FOR_A_MESSAGE.includes(cause.code);
  }
  if (cause.event !== undefined) return !GONE.test(describeCause(cause));
  return CLOSED_BY_PEER.includes(String(cause.code));
}
