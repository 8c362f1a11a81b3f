import { REASON } from "./reason.ts";

/**
 * What MQTT forbids, or what is over a limit: the client must be cut (MQTT 3.1.1
 * section 4.8, MQTT 5.0 section 4.13).
 */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** The reason code of MQTT 5.0 that says so to the client. */
  readonly reason: number;

  constructor(message: string, reason: number = REASON.MALFORMED_PACKET) {
    super(message);
    this.reason = reason;
  }
}

/** The error of who breaks the order of the protocol, in well-formed packets. */
export function protocolError(message: string): ProtocolError {
  return new ProtocolError(message, REASON.PROTOCOL_ERROR);
}
