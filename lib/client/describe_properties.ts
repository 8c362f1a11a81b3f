import { Buffer } from "node:buffer";
import { excerpt } from "../excerpt.ts";
import { printable } from "../printable.ts";

const LONGEST_TEXT = 60;
const MOST_PAIRS = 10;
const FOR_EVER = 0xffffffff;

/** Properties of which no value is shown. */
const SECRET = ["authenticationData"];

const SECONDS = [
  "sessionExpiryInterval",
  "willDelayInterval",
  "messageExpiryInterval",
  "serverKeepAlive",
];

/**
 * Says what the properties of a packet of MQTT 5 are, such as
 * `session expiry interval 60 s` and `"unit": "°C"`.
 */
export function describeProperties(properties: object = {}): string[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (name === "userProperties") return describePairs(value);
    if (name === "reasonString") return [`reason ${excerpt(String(value))}`];
    return [`${toWords(name)} ${describeValue(name, value)}`];
  });
}

/** `maximumQoS` becomes "maximum QoS", and `topicAlias` "topic alias". */
function toWords(name: string): string {
  return printable(name).replaceAll(
    /QoS|[A-Z]/g,
    (match) => ` ${match === "QoS" ? match : match.toLowerCase()}`,
  );
}

function describeValue(name: string, value: unknown): string {
  if (typeof value === "string") return excerpt(value);
  if (value instanceof Uint8Array) {
    return SECRET.includes(name)
      ? `${value.length} bytes`
      : describeBytes(value);
  }
  if (Array.isArray(value)) return printable(value.join(" "));
  if (name === "sessionExpiryInterval" && value === FOR_EVER) return "for ever";
  const unit = SECONDS.includes(name) ? " s" : "";
  return `${printable(String(value))}${unit}`;
}

/** Text, if it is some, or bytes in hexadecimal. */
function describeBytes(bytes: Uint8Array): string {
  const text = String(Buffer.from(bytes));
  const isText = printable(text) === text && !text.includes("\ufffd");
  if (isText) return excerpt(text);
  const shown = Buffer.from(bytes.subarray(0, LONGEST_TEXT / 2));
  return `0x${shown.toString("hex")}${bytes.length > shown.length ? "…" : ""}`;
}

/** One object with lists in it, or one for each pair: both are MQTT.js's. */
function describePairs(value: unknown): string[] {
  const pairs = [value].flat().flatMap((record) =>
    Object.entries(record as object).flatMap(([name, texts]) =>
      [texts].flat().map((text) => `${excerpt(name)}: ${excerpt(String(text))}`)
    )
  );
  const left = pairs.length - MOST_PAIRS;
  const shown = pairs.slice(0, MOST_PAIRS);
  return left > 0 ? [...shown, `${left} more`] : shown;
}
