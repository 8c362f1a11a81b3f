/**
 * The properties of MQTT 5, byte by byte (section 2.2.2), for tests of what a
 * library neither sends nor shows.
 *
 * @module
 */

import { join, text, variableByteInteger, word } from "./raw_client.ts";

/** The identifiers of properties (section 2.2.2.2). */
export const PROPERTY = {
  payloadFormatIndicator: 1,
  messageExpiryInterval: 2,
  contentType: 3,
  responseTopic: 8,
  correlationData: 9,
  subscriptionIdentifier: 11,
  sessionExpiryInterval: 17,
  assignedClientIdentifier: 18,
  serverKeepAlive: 19,
  authenticationMethod: 21,
  authenticationData: 22,
  requestProblemInformation: 23,
  willDelayInterval: 24,
  requestResponseInformation: 25,
  responseInformation: 26,
  serverReference: 28,
  reasonString: 31,
  receiveMaximum: 33,
  topicAliasMaximum: 34,
  topicAlias: 35,
  maximumQoS: 36,
  retainAvailable: 37,
  userProperty: 38,
  maximumPacketSize: 39,
  wildcardSubscriptionAvailable: 40,
  subscriptionIdentifierAvailable: 41,
  sharedSubscriptionAvailable: 42,
} as const;

/** A property's identifier and its value, whose form follows from it. */
export type Property = readonly [
  identifier: number,
  value: number | string | Uint8Array | readonly [name: string, value: string],
];

/** Properties in their order; bytes stand for themselves, right or wrong. */
export type Properties = readonly (Property | Uint8Array)[];

type Form = "byte" | "word" | "long" | "variable" | "text" | "data" | "pair";

/** What isn't named here is a byte. */
const FORMS: Readonly<Record<number, Form>> = {
  ...forms("word", [19, 33, 34, 35]),
  ...forms("long", [2, 17, 24, 39]),
  ...forms("variable", [11]),
  ...forms("text", [3, 8, 18, 21, 26, 28, 31]),
  ...forms("data", [9, 22]),
  ...forms("pair", [38]),
};

function forms(form: Form, identifiers: number[]): Record<number, Form> {
  return Object.fromEntries(identifiers.map((each) => [each, form]));
}

/** Properties with their length before them. */
export function propertyBytes(properties: Properties): Uint8Array {
  const bytes = join(properties.map((property) => {
    if (property instanceof Uint8Array) return property;
    const [identifier, value] = property;
    return join([Uint8Array.of(identifier), valueBytes(value, identifier)]);
  }));
  return join([variableByteInteger(bytes.length), bytes]);
}

function valueBytes(value: Property[1], identifier: number): Uint8Array {
  if (typeof value === "string") return text(value);
  if (value instanceof Uint8Array) return join([word(value.length), value]);
  if (typeof value === "object") return join(value.map(text));
  const form = FORMS[identifier];
  if (form === "variable") return variableByteInteger(value);
  if (form === "word") return word(value);
  if (form === "long") return join([word(value >>> 16), word(value & 0xffff)]);
  return Uint8Array.of(value);
}

/** Takes a packet's body apart from front to end. */
export class BodyReader {
  #view: DataView;
  #offset = 0;

  constructor(body: Uint8Array) {
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  }

  get left(): number {
    return this.#view.byteLength - this.#offset;
  }

  byte(): number {
    return this.#view.getUint8(this.#offset++);
  }

  word(): number {
    return this.byte() * 0x100 + this.byte();
  }

  /** So many bytes, or all that are left. */
  bytes(length = this.left): Uint8Array {
    if (length > this.left) throw new RangeError("Packet ends too early");
    const { buffer, byteOffset } = this.#view;
    const bytes = new Uint8Array(buffer, byteOffset + this.#offset, length);
    this.#offset += length;
    return bytes;
  }

  text(): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(this.bytes(this.word()));
  }

  variableByteInteger(): number {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte >= 0x80) continue;
      if (byte > 0 || shift === 0) return value;
      throw new RangeError("Number has more bytes than it needs");
    }
  }

  properties(): Property[] {
    const rest = new BodyReader(this.bytes(this.variableByteInteger()));
    const properties: Property[] = [];
    while (rest.left > 0) {
      const identifier = rest.variableByteInteger();
      properties.push([identifier, rest.#value(FORMS[identifier] ?? "byte")]);
    }
    return properties;
  }

  #value(form: Form): Property[1] {
    if (form === "byte") return this.byte();
    if (form === "word") return this.word();
    if (form === "long") return this.word() * 0x10000 + this.word();
    if (form === "variable") return this.variableByteInteger();
    if (form === "text") return this.text();
    if (form === "data") return this.bytes(this.word());
    return [this.text(), this.text()];
  }
}
