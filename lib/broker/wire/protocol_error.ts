/** What MQTT 3.1.1 forbids: the client must be cut (section 4.8). */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  /** Whether CONNACK is to say that the client's protocol isn't spoken here. */
  readonly isOfOtherProtocol: boolean;

  constructor(message: string, isOfOtherProtocol = false) {
    super(message);
    this.isOfOtherProtocol = isOfOtherProtocol;
  }
}
