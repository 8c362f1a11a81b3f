import { Buffer } from "node:buffer";
import type {
  ErrorWithSubackPacket,
  IClientPublishOptions,
  IConnackPacket,
  Packet,
} from "mqtt";
import { describeReason, PublishError } from "../errors.ts";
import type { FilterRequest } from "./topic_requests.ts";
import { reasonWords } from "../reason_codes.ts";

/** A message as MQTT.js is given it. */
export interface Outgoing {
  topic: string;
  payload: string | Buffer;
  options: IClientPublishOptions;
  /** Whether MQTT.js may send a number for its topic. */
  mayGetAlias?: boolean;
}

const LONGEST_HEADER = 16;
const ALIAS_BYTES = 3;
const MOST_BYTES_PER_UTF16_UNIT = 3;
/** Of the properties with numbers of a fixed size other than four bytes. */
const NUMBER_BYTES: Readonly<Record<string, number>> = {
  payloadFormatIndicator: 1,
  topicAlias: 2,
};

/**
 * Refuses a message that exceeds what a broker of MQTT 5 has allowed in CONNACK
 * ([MQTT-3.2.2-11], [MQTT-3.2.2-14], [MQTT-3.2.2-15]). MQTT.js would send it, the
 * broker would end the connection, and the next would go the same way.
 *
 * @param limits CONNACK's properties; MQTT 3.1.1 has none.
 * @returns The error, or undefined if the message may be sent.
 */
export function refuseByLimits(
  message: Outgoing,
  limits: IConnackPacket["properties"],
): PublishError | undefined {
  const reason = exceededLimit(message, limits);
  return reason === undefined
    ? undefined
    : new PublishError(message.topic, reason);
}

/** PUBCOMP's code for a message that the broker has passed on and forgotten. */
const NOT_KNOWN = 146;

/**
 * Says why a broker of MQTT 5 refused a message, if it is that which failed.
 *
 * @returns The error; undefined if it is none: where PUBCOMP was lost with a
 *   connection, the broker no longer knows the message (section 3.7.2.1).
 */
export function explainRefusal(
  topic: string,
  error: Error & { code?: unknown },
  packet: Packet | undefined,
): Error | undefined {
  const { code } = error;
  if (typeof code !== "number") return error;
  if (packet?.cmd === "pubcomp" && code === NOT_KNOWN) return undefined;
  const isAnswer = packet?.cmd === "puback" || packet?.cmd === "pubrec";
  const reason = describeReason(code, isAnswer ? packet.properties : {});
  return new PublishError(topic, `the broker refused it: ${reason}`, {
    cause: error,
    code,
  });
}

export function exceededLimit(
  message: Outgoing,
  limits: IConnackPacket["properties"],
): string | undefined {
  if (limits === undefined) return undefined;
  const { qos = 0, retain = false } = message.options;
  const { maximumQoS = 2, retainAvailable = true } = limits;
  if (qos > maximumQoS) {
    return `it has QoS ${qos}, and the broker takes ${maximumQoS} at most (maximumQoS)`;
  }
  if (retain && !retainAvailable) {
    return "it is retained, and the broker keeps no messages (retainAvailable)";
  }
  const { maximumPacketSize: most = Infinity } = limits;
  if (mostBytes(message) <= most) return undefined;
  const hasAlias = message.mayGetAlias && limits.topicAliasMaximum;
  const bytes = countBytes(message, hasAlias ? ALIAS_BYTES : 0);
  if (bytes <= most) return undefined;
  const [size, limit] = [bytes, most].map((count) =>
    count.toLocaleString("en")
  );
  return `its packet has ${size} bytes, and the broker takes ${limit} at most (maximumPacketSize)`;
}

/** A bound that costs nothing: to encode each message twice would. */
function mostBytes({ topic, payload, options }: Outgoing): number {
  if (options.properties !== undefined) return Infinity;
  const most = typeof payload === "string"
    ? payload.length * MOST_BYTES_PER_UTF16_UNIT
    : payload.length;
  return LONGEST_HEADER + topic.length * MOST_BYTES_PER_UTF16_UNIT + most;
}

/** A PUBLISH packet's size (MQTT 5.0 section 3.3), with what else it may get. */
function countBytes(
  { topic, payload, options }: Outgoing,
  added: number,
): number {
  const { qos = 0, properties = {} } = options;
  const id = qos > 0 ? 2 : 0;
  const inProperties = countPropertyBytes(properties) + added;
  const body = sizeOfText(topic) + id + lengthOfLength(inProperties) +
    inProperties + Buffer.byteLength(payload);
  return 1 + lengthOfLength(body) + body;
}

/** How many bytes the properties of a message have (MQTT 5.0 section 2.2.2.2). */
function countPropertyBytes(
  { userProperties = {}, ...others }: NonNullable<
    IClientPublishOptions["properties"]
  >,
): number {
  const pairs = Object.entries(userProperties).flatMap(([name, values]) =>
    [values].flat().map((value) =>
      1 + sizeOfText(name) + sizeOfText(String(value))
    )
  );
  const rest = Object.entries(others).map(([name, value]) => {
    if (value === undefined) return 0;
    if (typeof value === "string" || Buffer.isBuffer(value)) {
      return 1 + sizeOfText(value);
    }
    return 1 + (NUMBER_BYTES[name] ?? 4);
  });
  return [...pairs, ...rest].reduce((sum, bytes) => sum + bytes, 0);
}

/** Two bytes tell its length. */
function sizeOfText(text: string | Buffer): number {
  return 2 + Buffer.byteLength(text);
}

function lengthOfLength(length: number): number {
  return [127, 16_383, 2_097_151].filter((most) => length > most).length + 1;
}

const NO_SHARED = 158;
const NO_IDENTIFIERS = 161;
const NO_WILDCARDS = 162;

/**
 * Refuses filters that the broker has said in CONNACK it doesn't have (MQTT 5.0
 * sections 3.2.2.3.11 to 3.2.2.3.13), as SUBACK would: a broker that is asked all
 * the same ends the connection, or grants what never brings a message.
 *
 * @returns The error as MQTT.js gives it for SUBACK; undefined if all may be asked for.
 */
export function refuseSubscription(
  requests: readonly (readonly [filter: string, request: FilterRequest])[],
  limits: IConnackPacket["properties"],
): ErrorWithSubackPacket | undefined {
  if (limits === undefined) return undefined;
  const granted = requests.map(([filter, request]) =>
    codeFor(filter, request, limits)
  );
  const code = granted.find((code) => code !== 0);
  if (code === undefined) return undefined;
  const error = new Error(`Subscribe error: ${reasonWords(code)}`);
  return Object.assign(error, {
    packet: { cmd: "suback", granted },
  }) as unknown as ErrorWithSubackPacket;
}

function codeFor(
  filter: string,
  { properties }: FilterRequest,
  limits: NonNullable<IConnackPacket["properties"]>,
): number {
  const {
    sharedSubscriptionAvailable = true,
    subscriptionIdentifiersAvailable = true,
    wildcardSubscriptionAvailable = true,
  } = limits;
  if (filter.startsWith("$share/") && !sharedSubscriptionAvailable) {
    return NO_SHARED;
  }
  if (/[+#]/.test(filter) && !wildcardSubscriptionAvailable) {
    return NO_WILDCARDS;
  }
  const isNumbered = properties?.subscriptionIdentifier !== undefined;
  return isNumbered && !subscriptionIdentifiersAvailable ? NO_IDENTIFIERS : 0;
}
