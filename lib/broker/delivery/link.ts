import type { Buffer } from "node:buffer";
import type { Connection } from "../wire/connection.ts";
import { publishHeader } from "../wire/encode.ts";
import type { Version } from "../wire/packets.ts";
import { encodeProperties, NO_BYTES } from "../wire/properties.ts";
import type { Delivery } from "./message.ts";

/** How many topics a client gets numbers for, at most: it must keep them. */
const MOST_ALIASES = 64;

/** What a client that is connected has said of itself. */
interface LinkOptions {
  version: Version;
  receiveMaximum: number;
  maximumPacketSize: number;
  topicAliasMaximum: number;
}

/** The way of messages to a client that is connected. */
export class Link {
  readonly connection: Connection;
  readonly options: LinkOptions;
  /** The numbers that the client knows topics by. */
  readonly #aliases = new Map<string, number>();

  constructor(connection: Connection, options: LinkOptions) {
    this.connection = connection;
    this.options = options;
  }

  /**
   * Writes a message.
   *
   * @returns Whether the client takes packets so large.
   */
  send(delivery: Delivery, id?: number, isDuplicate?: boolean): boolean {
    const { message, qos, retain } = delivery;
    const { topic, payload } = message;
    const { version, maximumPacketSize } = this.options;
    const alias = this.#aliasOf(topic.text);
    const isKnown = alias !== undefined && this.#aliases.has(topic.text);
    const header = publishHeader({
      topic: isKnown ? NO_BYTES : topic.bytes,
      payloadLength: payload.length,
      properties: version === 5 ? propertiesOf(delivery, alias) : undefined,
      ...{ qos, retain, id, isDuplicate },
    });
    if (header.length + payload.length > maximumPacketSize) return false;
    if (alias !== undefined) this.#aliases.set(topic.text, alias);
    this.connection.write(header, payload);
    return true;
  }

  /** The number of a topic (MQTT 5.0 section 3.3.2.3.4), for as many as may be. */
  #aliasOf(topic: string): number | undefined {
    const most = Math.min(this.options.topicAliasMaximum, MOST_ALIASES);
    if (most === 0) return undefined;
    const { size } = this.#aliases;
    return this.#aliases.get(topic) ?? (size < most ? size + 1 : undefined);
  }
}

function propertiesOf(
  { message, identifiers }: Delivery,
  topicAlias: number | undefined,
): Buffer[] {
  const { expiresAt, properties } = message;
  const parts = properties.length > 0 ? [properties] : [];
  if (expiresAt < Infinity || topicAlias !== undefined) {
    const seconds = Math.max(0, Math.ceil((expiresAt - Date.now()) / 1_000));
    const messageExpiry = seconds < Infinity ? seconds : undefined;
    parts.push(encodeProperties({ messageExpiry, topicAlias }));
  }
  for (const subscriptionIdentifier of identifiers) {
    parts.push(encodeProperties({ subscriptionIdentifier }));
  }
  return parts;
}

/** How long a client may stop reading before nobody waits for it any more. */
const PATIENCE_MILLISECONDS = 2_000;

/** Slows publishers down to what one client can take. */
export class Pace {
  readonly #connection: Connection;
  /** Whether more waits for the client than should. */
  readonly #isBehind: () => boolean;
  readonly #onStall: () => void;
  #callbacks: (() => void)[] = [];
  #patience: ReturnType<typeof setTimeout> | undefined;
  /** Whether the client has stopped reading altogether. */
  isStalled = false;

  constructor(
    connection: Connection,
    isBehind: () => boolean,
    onStall: () => void,
  ) {
    this.#connection = connection;
    this.#isBehind = isBehind;
    this.#onStall = onStall;
    connection.stream.on("drain", () => this.check());
    connection.stream.once("close", () => this.#release());
  }

  /** Whether the client keeps up, or nobody waits for it any more. */
  get isReady(): boolean {
    return this.isStalled || !this.#connection.isOpen || this.#keepsUp;
  }

  /**
   * Calls back once the client keeps up: at once (never before this returns),
   * when it has caught up, or when patience with it has run out.
   */
  whenReady(callback: () => void): void {
    if (this.isReady) return queueMicrotask(callback);
    this.#callbacks.push(callback);
    this.#patience ??= setTimeout(() => {
      this.isStalled = true;
      this.#onStall();
      this.#release();
    }, PATIENCE_MILLISECONDS);
  }

  /** Looks again whether the client keeps up, after an acknowledgement. */
  check(): void {
    if (this.#keepsUp) {
      this.isStalled = false;
      this.#release();
    } else {
      // Some of it got through: that is slow, not stalled.
      this.#patience?.refresh();
    }
  }

  get #keepsUp(): boolean {
    return !this.#connection.isFull && !this.#isBehind();
  }

  #release(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    for (const callback of this.#callbacks.splice(0)) callback();
  }
}
