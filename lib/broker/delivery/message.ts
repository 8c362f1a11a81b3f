import { Buffer } from "node:buffer";
import type { Topic } from "../wire/topics.ts";

/** What may be kept alive by a small payload that came together with others. */
const LARGEST_SLAB = 16_384;

/** A message, the same for all who get it. */
export interface Message {
  readonly topic: Topic;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  /** Its properties of MQTT 5.0 that go to its receivers, encoded. */
  readonly properties: Buffer;
  /** When it ends, in milliseconds since 1970; `Infinity` for never. */
  readonly expiresAt: number;
}

/** On what terms somebody gets a message. */
export interface Terms {
  /** The best that was granted. */
  readonly qos: 0 | 1 | 2;
  readonly retainAsPublished: boolean;
  /** The subscription identifiers that go along (MQTT 5.0 section 3.3.4). */
  readonly identifiers: readonly number[];
  /** The filter that is shared, if somebody else may get it instead. */
  readonly share?: string | undefined;
}

/** A message on its way to one client. */
export interface Delivery {
  readonly message: Message;
  readonly qos: 0 | 1 | 2;
  readonly retain: boolean;
  readonly identifiers: readonly number[];
  readonly share?: string | undefined;
}

/** A message that is published when its client is gone. */
export interface Will {
  message: Message;
  /** How many seconds to wait for the client to come back. */
  delay: number;
  /** How many seconds the message lasts from then on. */
  expiry: number;
}

/** How many bytes a message takes of what may wait or be kept. */
export function sizeOf({ topic, payload, properties }: Message): number {
  return topic.text.length + payload.length + properties.length;
}

/**
 * A message that may wait for long: its payload is a part of all that came in
 * with it, and would keep that.
 */
export function withoutSlab(message: Message): Message {
  const { payload, properties } = message;
  const { byteLength } = payload.buffer;
  if (byteLength <= Math.max(LARGEST_SLAB, 2 * payload.length)) return message;
  return {
    ...message,
    payload: Buffer.from(payload),
    properties: Buffer.from(properties),
  };
}
