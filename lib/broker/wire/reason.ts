/**
 * The reason codes of MQTT 5.0 (section 2.4) that the broker gives. Those from
 * 0x80 on are failures.
 */
export const REASON = {
  SUCCESS: 0x00,
  NO_MATCHING_SUBSCRIBERS: 0x10,
  NO_SUBSCRIPTION_EXISTED: 0x11,
  UNSPECIFIED: 0x80,
  MALFORMED_PACKET: 0x81,
  PROTOCOL_ERROR: 0x82,
  UNSUPPORTED_PROTOCOL_VERSION: 0x84,
  CLIENT_ID_NOT_VALID: 0x85,
  BAD_USER_NAME_OR_PASSWORD: 0x86,
  NOT_AUTHORIZED: 0x87,
  SERVER_UNAVAILABLE: 0x88,
  SERVER_SHUTTING_DOWN: 0x8b,
  BAD_AUTHENTICATION_METHOD: 0x8c,
  KEEP_ALIVE_TIMEOUT: 0x8d,
  SESSION_TAKEN_OVER: 0x8e,
  TOPIC_FILTER_INVALID: 0x8f,
  TOPIC_NAME_INVALID: 0x90,
  PACKET_ID_NOT_FOUND: 0x92,
  RECEIVE_MAXIMUM_EXCEEDED: 0x93,
  TOPIC_ALIAS_INVALID: 0x94,
  PACKET_TOO_LARGE: 0x95,
  QUOTA_EXCEEDED: 0x97,
  ADMINISTRATIVE_ACTION: 0x98,
} as const;

/** Whether a reason code is a failure (MQTT 5.0 section 2.4). */
export function isFailure(reason: number): boolean {
  return reason >= 0x80;
}

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
