import type { IPublishPacket } from "mqtt";
import { parseDecimal } from "./decimal.ts";
import { excerpt, printable } from "./printable.ts";
import type { MessageProperties } from "./properties.ts";

export type { MessageProperties } from "./properties.ts";

const decoder = new TextDecoder();
const NO_PROPERTIES: MessageProperties = Object.freeze({});

/** What {@linkcode Message.from} may be told of a message. */
export interface MessageFlags {
  /** The quality of service of its delivery. */
  qos?: 0 | 1 | 2;
  /** Whether the broker had kept it from before the subscription. */
  retain?: boolean;
  /** Whether it may be a second delivery. */
  duplicate?: boolean;
  /** What it carries beside its payload in MQTT 5. */
  properties?: MessageProperties;
}

/**
 * A message as it arrives from the broker: what paho calls `MQTTMessage`
 * (documents ko §2 and fr, "Recevoir des messages").
 *
 * @example Reading a payload as text, as a number and as JSON
 * ```ts
 * import { Message } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const message = Message.from("iot/user1/temp", "21.5");
 * assertEquals(message.text, "21.5");
 * assertEquals(message.number, 21.5);
 * assertEquals(message.json, 21.5);
 * ```
 */
export class Message {
  /** The topic that the message was published on, such as `iot/user1/temp`. */
  readonly topic: string;
  /** The payload's bytes, as they were sent. */
  readonly payload: Uint8Array;
  /** The quality of service of this delivery: 0, 1 or 2. */
  readonly qos: 0 | 1 | 2;
  /**
   * Whether the broker had kept it from before the subscription; with
   * `retainAsPublished`, whether it was published to be kept.
   */
  readonly retain: boolean;
  /** Whether this may be a second delivery of the same message (QoS 1). */
  readonly duplicate: boolean;
  /** The packet's number at QoS 1 and 2, and 0 at QoS 0 (paho: `mid`). */
  readonly messageId: number;
  /**
   * What it carries beside its payload in MQTT 5 (section 3.3.2.3); {} without.
   */
  readonly properties: MessageProperties;

  /** @ignore */
  constructor(
    topic: string,
    payload: Uint8Array,
    packet: Pick<
      IPublishPacket,
      "qos" | "retain" | "dup" | "messageId" | "properties"
    >,
  ) {
    this.topic = topic;
    this.payload = payload;
    this.qos = packet.qos;
    this.retain = packet.retain;
    this.duplicate = packet.dup;
    this.messageId = packet.messageId ?? 0;
    this.properties = packet.properties ?? NO_PROPERTIES;
  }

  /**
   * Makes a message without a broker, to test a handler with. Text is encoded as UTF-8;
   * QoS, retain and duplicate are 0 and false unless given.
   */
  static from(
    topic: string,
    payload: string | Uint8Array,
    flags: MessageFlags = {},
  ): Message {
    const bytes = typeof payload === "string"
      ? new TextEncoder().encode(payload)
      : payload;
    const { qos = 0, retain = false, duplicate: dup = false } = flags;
    const { properties = NO_PROPERTIES } = flags;
    return new Message(topic, bytes, { qos, retain, dup, properties });
  }

  /**
   * The payload decoded as UTF-8; what isn't UTF-8 becomes U+FFFD. Anyone may have
   * written it: print it through {@linkcode printable}.
   */
  get text(): string {
    return shortAscii(this.payload) ?? decoder.decode(this.payload);
  }

  /**
   * The payload as a decimal number, such as `21`, `-0.5` or `1e3`, with blanks around it
   * allowed; throws a `TypeError` if it isn't a finite one.
   */
  get number(): number {
    const number = parseDecimal(this.text.trim());
    if (Number.isFinite(number)) return number;
    throw new TypeError(
      `Payload of ${printable(this.topic)} is not a number: ${
        excerpt(this.text)
      }`,
    );
  }

  /** The payload parsed as JSON; throws a `SyntaxError` if it isn't. */
  get json(): unknown {
    try {
      return JSON.parse(this.text);
    } catch (cause) {
      throw new SyntaxError(
        `Payload of ${printable(this.topic)} is not JSON: ${
          excerpt(this.text)
        }`,
        { cause },
      );
    }
  }
}

/** Decodes a short payload, as most readings are, in a fifth of the time. */
function shortAscii(bytes: Uint8Array): string | undefined {
  if (bytes.length > 32) return undefined;
  let text = "";
  for (const byte of bytes) {
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}
