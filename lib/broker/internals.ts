import type { Client } from "aedes";
import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { Deliver } from "./delivery/deliver.ts";

// What this project relies on of aedes 1.2.0 that its types don't show. The
// tests of delivery and of sessions fail if another version changes it.

/** A PUBLISH packet inside aedes. */
export interface Packet {
  topic: string;
  payload: Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
  /** `null` for a retained message that is sent upon a subscription. */
  brokerId: string | null;
  /** Counts all messages; a message has it wherever it is delivered. */
  brokerCounter: number;
}

/** A topic filter with its quality of service. */
export interface Subscription {
  topic: string;
  qos: 0 | 1 | 2;
}

/** A client's connection as aedes knows it, with what its types leave out. */
export interface AedesClient extends Client {
  conn: Duplex;
  /** Whether it has been let in. */
  _authorized: boolean;
  /** How many packets have been read that aren't done with. */
  _parsingBatch: number;
  /** Is called for each packet that is done with, and reads on after the last. */
  _nextBatch: () => void;
  /** By topic filter. */
  subscriptions: Record<string, { qos: number }>;
  /** What each subscription at QoS 0 calls, set before the first one. */
  deliver0: Deliver;
  /** What each subscription at QoS 1 or 2 calls, and each retained message. */
  deliverQoS: Deliver;
}

/** What aedes calls of itself, and its types leave out or don't let replace. */
export interface Internals {
  clients: Record<string, Client>;
  /** The client comes in between, or is left out. */
  publish: (packet: object, ...rest: unknown[]) => void;
  unregisterClient: (client: Client) => void;
}
