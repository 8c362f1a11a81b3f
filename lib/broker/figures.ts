/** What the broker counts, from its start on. */
export class Figures {
  /** Packets of any type. */
  packetsReceived = 0;
  packetsSent = 0;
  bytesReceived = 0;
  bytesSent = 0;
  /** PUBLISH packets. */
  messagesReceived = 0;
}
