import type { Message } from "../../lib/mod.ts";
import { Turns } from "./collections.ts";
import {
  type KeptMessage,
  MessageLog,
  propertySize,
  propertyTexts,
} from "./message_log.ts";

/** What a table keeps at most. */
interface TableLimits {
  /** Topics; messages on further ones are only counted. */
  topics: number;
  /** Messages of one topic. */
  messagesOfTopic: number;
  /** Messages of all topics together: each may have its last one, and others more. */
  messages: number;
  /** Characters of all topics' names together; what would be too many isn't listed. */
  names: number;
  /** Bytes of all messages' payloads and properties together. */
  bytes: number;
  /** Bytes of one payload; of a longer one the beginning is kept. */
  payload: number;
  /** Characters of one message's properties; more of them aren't kept. */
  properties: number;
}

/** What a dashboard keeps, unless told otherwise. */
export const LIMITS: TableLimits = {
  topics: 100_000,
  messagesOfTopic: 1_000,
  messages: 200_000,
  names: 16 * 1024 * 1024,
  bytes: 64 * 1024 * 1024,
  payload: 64 * 1024,
  properties: 64 * 1024,
};

/** A topic, with the messages of it that are kept. */
export interface Topic {
  /** Counted up from 0. */
  id: number;
  name: string;
  /** How many messages have come, without those of a recording. */
  count: number;
  /** Whether the broker is known to keep a message on it. */
  isRetained: boolean;
  messages: MessageLog;
}

/**
 * The topics that messages came on, and their last messages, in bounded memory: what
 * is too much goes topic by topic, each one's oldest message in turn, and a topic's
 * last one only when no topic has more.
 */
export class TopicTable {
  readonly #limits: TableLimits;
  readonly #topics = new Map<string, Topic>();
  readonly #retainedFromHere = new Set<string>();
  #messages = 0;
  #bytes = 0;
  #names = 0;
  /** Topics with one message that is kept, and those with more. */
  readonly #single = new Turns<Topic>();
  readonly #several = new Turns<Topic>();
  /** Messages that have come in all. */
  total = 0;
  /** Of them, those on topics that there was no room for. */
  unlisted = 0;
  /** Topics that something has changed on since they were taken from here. */
  readonly changed = new Set<Topic>();

  /** Makes an empty table. */
  constructor(limits: TableLimits = LIMITS) {
    this.#limits = limits;
  }

  /** How many bytes of payloads and properties are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many messages are kept. */
  get messages(): number {
    return this.#messages;
  }

  /** The topics, in the order in which they came. */
  topics(): Iterable<Topic> {
    return this.#topics.values();
  }

  /** A topic that something has come on. */
  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  /** Takes a message that came just now. */
  take(message: Message, time: number): void {
    this.total++;
    const topic = this.#topicOf(message.topic);
    if (topic === undefined) {
      this.unlisted++;
      return;
    }
    topic.count++;
    // A message without a payload clears what was kept.
    if (message.retain) topic.isRetained = message.payload.length > 0;
    const { payload, qos, retain, duplicate } = message;
    const properties = propertyTexts(message.properties);
    const isLong = propertySize(properties) > this.#limits.properties;
    this.#keep(topic, {
      time,
      payload: payload.subarray(0, this.#limits.payload),
      bytes: payload.length,
      qos,
      retain,
      duplicate,
      properties: isLong ? [] : properties,
      hasLostProperties: isLong,
    });
  }

  /** Takes a reading that a recording has from before. */
  takeRecorded(name: string, value: number, time: number): void {
    const topic = this.#topicOf(name);
    if (topic === undefined) return;
    const payload = new TextEncoder().encode(String(value));
    this.#keep(topic, {
      ...{ time, payload, bytes: payload.length },
      ...{ qos: 0, retain: false, duplicate: false },
      ...{ properties: [], hasLostProperties: false },
    });
  }

  /**
   * The broker has taken a retained message from here. In MQTT 3.1.1 it comes back
   * without that mark, and perhaps only later.
   */
  setRetained(name: string, isRetained: boolean): void {
    if (isRetained) this.#retainedFromHere.add(name);
    else this.#retainedFromHere.delete(name);
    const topic = this.#topics.get(name);
    if (topic === undefined) return;
    topic.isRetained = isRetained;
    this.changed.add(topic);
  }

  #topicOf(name: string): Topic | undefined {
    const known = this.#topics.get(name);
    if (known !== undefined) return known;
    const id = this.#topics.size;
    const { topics, names } = this.#limits;
    if (id >= topics || this.#names + name.length > names) return undefined;
    this.#names += name.length;
    const messages = new MessageLog();
    const isRetained = this.#retainedFromHere.has(name);
    const topic = { id, name, count: 0, isRetained, messages };
    this.#topics.set(name, topic);
    return topic;
  }

  #keep(topic: Topic, message: KeptMessage): void {
    this.changed.add(topic);
    this.#messages++;
    this.#bytes += sizeOf(message);
    topic.messages.push(message);
    if (topic.messages.size > this.#limits.messagesOfTopic) {
      this.#forget(topic.messages.shift());
    }
    this.#sort(topic);
    while (
      this.#messages > this.#limits.messages ||
      this.#bytes > this.#limits.bytes
    ) this.#evict();
  }

  #evict(): void {
    const topic = this.#several.next() ?? this.#single.next();
    if (topic === undefined) return;
    this.#forget(topic.messages.shift());
    this.#sort(topic);
  }

  /** Says how many messages a topic has now, one more or one less than before. */
  #sort(topic: Topic): void {
    const { size } = topic.messages;
    if (size > 2) return;
    if (size === 1) this.#single.add(topic);
    else this.#single.delete(topic);
    if (size === 2) this.#several.add(topic);
    else this.#several.delete(topic);
  }

  #forget(bytes: number | undefined): void {
    if (bytes === undefined) return;
    this.#messages--;
    this.#bytes -= bytes;
  }
}

function sizeOf({ payload, properties }: KeptMessage): number {
  return payload.length + propertySize(properties);
}
