/** What the broker counts, from its start on. */
export interface Figures {
  /** Packets of any type. */
  packetsReceived: number;
  packetsSent: number;
  bytesReceived: number;
  bytesSent: number;
  /** PUBLISH packets. */
  messagesReceived: number;
}

/** Figures at the start. */
export function createFigures(): Figures {
  return {
    packetsReceived: 0,
    packetsSent: 0,
    bytesReceived: 0,
    bytesSent: 0,
    messagesReceived: 0,
  };
}
