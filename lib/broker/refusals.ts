import { Buffer } from "node:buffer";
import type { AedesClient } from "./internals.ts";
import { ProtocolError } from "./wire/protocol_error.ts";

/** CONNACK with return code 1, "unacceptable protocol version". */
const OTHER_PROTOCOL = Buffer.of(0x20, 2, 0, 1);

/** Cuts a client that has sent what it mustn't. */
export function cut(client: AedesClient, error: unknown): void {
  if (!(error instanceof ProtocolError && error.isOfOtherProtocol)) {
    client.emit("error", error);
    return;
  }
  client.conn.write(OTHER_PROTOCOL);
  // What is written goes out at the end of this turn.
  setImmediate(() => client.emit("error", error));
}
