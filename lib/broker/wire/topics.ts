import { Buffer, isUtf8 } from "node:buffer";
import { ProtocolError, protocolError, REASON } from "./packets.ts";

/**
 * Control characters, marks that turn the direction of text around them, and
 * what Unicode has set aside for no character: they are of no use in a topic,
 * and forge lines on a terminal. mosquitto, too, refuses what is below U+00A0,
 * and MQTT 5.0 lets a server do so (section 1.5.4).
 */
const UNPRINTABLE =
  // deno-lint-ignore no-control-regex
  /[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\p{Noncharacter_Code_Point}/u;
const [SLASH, PLUS, HASH] = [0x2f, 0x2b, 0x23];
/** How many topics are kept that have been read; then they begin anew. */
const MOST_KEPT = 4_096;
/** Longer ones would fill the memory. */
const LONGEST_KEPT = 256;

/** A topic that messages are published on. */
export interface Topic {
  readonly text: string;
  readonly bytes: Buffer;
  readonly levels: readonly string[];
}

/** Makes a topic of a text that is known to be one. */
export function topicOf(text: string): Topic {
  return { text, bytes: Buffer.from(text), levels: text.split("/") };
}

/**
 * Reads the topics of messages. Publishers use the same ones again and again:
 * each is checked and taken apart once, and all that is known of it can be kept
 * with it.
 */
export class TopicReader {
  readonly #maxTopicLevels: number;
  readonly #kept = new Map<number, Topic>();

  constructor(maxTopicLevels: number) {
    this.#maxTopicLevels = maxTopicLevels;
  }

  read(bytes: Buffer, start: number, end: number): Topic {
    // FNV-1a.
    let hash = 0x811c9dc5;
    for (let index = start; index < end; index++) {
      hash = Math.imul(hash ^ bytes[index]!, 0x01000193);
    }
    const kept = this.#kept.get(hash);
    if (kept !== undefined && isSame(kept.bytes, bytes, start, end)) {
      return kept;
    }
    // A copy: it would keep all that came in together.
    const own = Buffer.from(bytes.subarray(start, end));
    checkTopicName(own, this.#maxTopicLevels);
    const text = own.toString();
    const topic = { text, bytes: own, levels: text.split("/") };
    if (own.length <= LONGEST_KEPT) {
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(hash, topic);
    }
    return topic;
  }
}

function isSame(
  kept: Buffer,
  bytes: Buffer,
  start: number,
  end: number,
): boolean {
  if (kept.length !== end - start) return false;
  for (let index = 0; index < kept.length; index++) {
    if (kept[index] !== bytes[start + index]) return false;
  }
  return true;
}

/** @throws {ProtocolError} If it may not be the name of a topic. */
function checkTopicName(bytes: Buffer, maxTopicLevels: number): void {
  const fail = (message: string): never => {
    throw new ProtocolError(message, REASON.TOPIC_NAME_INVALID);
  };
  if (bytes.length === 0) fail("Topic name is empty");
  let levels = 1;
  for (const byte of bytes) {
    if (byte === SLASH) levels++;
    if (byte === PLUS || byte === HASH) fail("Topic name has a wildcard in it");
  }
  if (!isUtf8(bytes)) throw new ProtocolError("Topic name is not UTF-8");
  checkText(bytes.toString(), "Topic name");
  if (levels > maxTopicLevels) {
    fail(
      `Topic name has ${levels} levels: maxTopicLevels is ${maxTopicLevels}`,
    );
  }
}

/** @throws {ProtocolError} If it may not be a topic filter. */
export function checkTopicFilter(filter: string, maxTopicLevels: number): void {
  const fail = (message: string): never => {
    throw new ProtocolError(message, REASON.TOPIC_FILTER_INVALID);
  };
  if (filter === "") fail("Topic filter is empty");
  checkText(filter, "Topic filter");
  const levels = filter.split("/");
  if (levels.length > maxTopicLevels) {
    fail(
      `Topic filter has ${levels.length} levels: maxTopicLevels is ${maxTopicLevels}`,
    );
  }
  for (const [index, level] of levels.entries()) {
    const isLast = index === levels.length - 1;
    if (level.includes("#") && !(level === "#" && isLast)) {
      fail("Topic filter has a # that is not its last level, alone");
    }
    if (level.includes("+") && level !== "+") {
      fail("Topic filter has a + that is not a whole level");
    }
  }
}

function checkText(text: string, kind: string): void {
  if (!UNPRINTABLE.test(text)) return;
  throw new ProtocolError(`${kind} has a control character in it`);
}

/** How many topics a client may give numbers to. */
export const TOPIC_ALIAS_MAXIMUM = 100;

/** The topics that a client's numbers stand for (MQTT 5.0 section 3.3.2.3.4). */
export class TopicAliases {
  readonly #topics = new Map<number, Topic>();

  /**
   * Gives the topic of a message, and keeps it under its number.
   *
   * @throws {ProtocolError} If the number is too large, or stands for nothing.
   */
  topicOf(topic: Topic | undefined, alias: number | undefined): Topic {
    if (alias === undefined) return topic!;
    if (alias > TOPIC_ALIAS_MAXIMUM) {
      throw new ProtocolError(
        `Topic alias is ${alias}: ${TOPIC_ALIAS_MAXIMUM} is the most`,
        REASON.TOPIC_ALIAS_INVALID,
      );
    }
    if (topic !== undefined) this.#topics.set(alias, topic);
    const known = this.#topics.get(alias);
    if (known !== undefined) return known;
    throw protocolError(`Topic alias ${alias} has not been given a topic`);
  }
}
