import { Buffer } from "node:buffer";
import type { Message } from "../../lib/message.ts";
import { printable } from "../../lib/printable.ts";

/**
 * A message as mosquitto_sub's JSON.
 *
 * @param time When it came.
 * @param options Whether the payload becomes a text in quotes; otherwise it is
 *   JSON itself.
 * @returns The JSON on one line, or nothing, with a word on standard error, if the
 *   payload should be JSON and isn't.
 */
export function toJson(
  message: Message,
  time: Temporal.ZonedDateTime,
  { quoted }: { quoted: boolean },
): string | undefined {
  const { topic, qos, retain, messageId, properties } = message;
  const payload = quoted ? JSON.stringify(message.text) : jsonOf(message);
  if (payload === undefined) return undefined;
  const known = Object.entries(properties).map((
    [name, value],
  ) => [toKebab(name), toJsonValue(value)]);
  const head = JSON.stringify({
    tst: isoTime(time, "microsecond"),
    topic,
    qos,
    retain: Number(retain),
    payloadlen: message.payload.length,
    ...(qos > 0 && { mid: messageId }),
    ...(known.length > 0 && { properties: Object.fromEntries(known) }),
  });
  const shown = message.text === "" ? "null" : payload;
  return `${head.slice(0, -1)},"payload":${shown}}`;
}

/** A time as mosquitto_sub writes it: its offset has no colon. */
export function isoTime(
  time: Temporal.ZonedDateTime,
  smallestUnit: "second" | "microsecond",
): string {
  const text = time.toString({ smallestUnit, timeZoneName: "never" });
  return text.replace(/:(\d\d)$/, "$1");
}

function toKebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function toJsonValue(value: unknown): unknown {
  if (typeof value === "boolean") return Number(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}

/** The payload if it is JSON, on one line, with its numbers' digits as they are. */
function jsonOf({ text, topic }: Message): string | undefined {
  try {
    JSON.parse(text || "null");
  } catch {
    console.error(`Payload on ${printable(topic)} is not JSON: %J needs it`);
    return undefined;
  }
  // Within a JSON text, line ends stand between values only.
  return text.trim().replaceAll(/[\r\n]+/g, " ");
}
