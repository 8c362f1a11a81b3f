import type { Buffer } from "node:buffer";

/**
 * Names and values of a program's own, which a broker passes on as they are (MQTT
 * 5.0 section 3.3.2.3.7). A name may have several values. In a list of pairs they
 * keep their order among all names; an object has one place for each name, so in
 * it the values of a name stand together.
 */
export type UserProperties =
  | Record<string, string | string[]>
  | readonly (readonly [name: string, value: string])[];

/**
 * What a message may carry beside its payload: PUBLISH properties of MQTT 5 (section
 * 3.3.2.3). It arrives as a message's `properties`.
 *
 * @example A reading with its unit beside it
 * ```ts
 * import { messages, publishOnce, startBroker } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const MQTT5 = { protocolVersion: 5 } as const;
 * await using broker = await startBroker({ port: 0 });
 * await publishOnce(broker.url, {
 *   topic: "iot/user1/temp",
 *   payload: 21,
 *   retain: true,
 *   properties: { userProperties: { unit: "°C" } },
 * }, MQTT5);
 * for await (const message of messages(broker.url, "iot/#", MQTT5)) {
 *   assertEquals(message.number, 21);
 *   assertEquals(message.properties.userProperties?.unit, "°C");
 *   break;
 * }
 * ```
 */
export interface PublishProperties {
  /** Whether the payload is text in UTF-8 (section 3.3.2.3.2). */
  payloadFormatIndicator?: boolean;
  /**
   * Seconds for which the broker may still deliver the message to who wasn't there;
   * it never expires unless given (section 3.3.2.3.3).
   */
  messageExpiryInterval?: number;
  /** The topic on which an answer is expected (section 3.3.2.3.5). */
  responseTopic?: string;
  /**
   * What tells the one who asked which request an answer is for: text or bytes,
   * which the answer carries, too (section 3.3.2.3.6).
   */
  correlationData?: string | Uint8Array;
  /** Names and values of the program's own (section 3.3.2.3.7). */
  userProperties?: UserProperties;
  /** What the payload is, such as `application/json` (section 3.3.2.3.9). */
  contentType?: string;
}

/** The same of a will, which is sent with CONNECT (MQTT 5.0 section 3.1.3.2). */
export interface WillProperties extends PublishProperties {
  /**
   * Seconds that the broker waits with the will, and forgets it if the client comes
   * back. When the session ends, the will is published at once: so the session must
   * last longer (`sessionExpiryInterval`; section 3.1.3.2.2).
   */
  willDelayInterval?: number;
}

/**
 * The properties of a message that has arrived: those that it was published with,
 * and what the broker has added (MQTT 5.0 section 3.3.2.3).
 */
export interface MessageProperties
  extends Omit<PublishProperties, "correlationData" | "userProperties"> {
  /** The seconds that are left of it (section 3.3.2.3.3). */
  messageExpiryInterval?: number;
  /** As it was sent, in bytes; `String()` makes text of it (section 3.3.2.3.6). */
  correlationData?: Buffer;
  /**
   * Names and values (section 3.3.2.3.7). MQTT.js collects the values of a name in a
   * list, so that the order of different names isn't known, and it loses an empty
   * value that another one of the same name follows.
   */
  userProperties?: Record<string, string | string[]>;
  /**
   * The identifiers of the subscriptions that the message has come for; several in
   * a list (section 3.3.2.3.8).
   */
  subscriptionIdentifier?: number | number[];
}

/** CONNECT properties of MQTT 5 (section 3.1.2.11), as MQTT.js names them. */
export interface ConnectProperties {
  /**
   * Seconds for which the broker keeps the session after the connection; 0xFFFFFFFF
   * stands for ever. Unless given, a session that outlives its client (`clean:
   * false`) is kept for ever, and another one ends with its connection (section
   * 3.1.2.11.2).
   */
  sessionExpiryInterval?: number;
  /**
   * How many QoS 1 and 2 messages the broker may have in flight to this client, from
   * 1; 65,535 unless given (section 3.1.2.11.3).
   */
  receiveMaximum?: number;
  /**
   * The longest packet that this client takes, in bytes. The broker drops what is
   * longer, for this client alone (section 3.1.2.11.4).
   */
  maximumPacketSize?: number;
  /**
   * How many topics the broker may replace by a number, to send less; none unless
   * given. MQTT.js puts them back (section 3.1.2.11.5).
   */
  topicAliasMaximum?: number;
  /**
   * Whether the broker is asked for a topic below which to expect answers. It may
   * give one: `client.serverProperties?.responseInformation` (section 3.1.2.11.6).
   */
  requestResponseInformation?: boolean;
  /**
   * Whether the broker may say in words why something fails, true unless given
   * (section 3.1.2.11.7).
   */
  requestProblemInformation?: boolean;
  /** Names and values of the program's own (section 3.1.2.11.8). */
  userProperties?: UserProperties;
}
