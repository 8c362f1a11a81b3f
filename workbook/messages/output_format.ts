/**
 * The formats of `sub -F`, as mosquitto_sub's man page has them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Message } from "../../lib/message.ts";
import { printable } from "../../lib/printable.ts";
import { isoTime, toJson } from "./message_json.ts";
import { UsageError } from "../options/program.ts";

type Time = Temporal.ZonedDateTime;
type Value = string | number | Uint8Array | undefined;
/** Makes a part of the line. */
type Part = (message: Message, time: () => Time) => string | Uint8Array;

const SEQUENCE =
  /%(?<flags>[-0]*)(?<width>\d*)(?:\.(?<most>\d+))?(?<field>.?)|@(?<time>.?)|\\(?<escape>.?)|[^%@\\]+/gsu;

/** What `%` and a letter stand for. */
const FIELDS: Record<string, (message: Message, time: () => Time) => Value> = {
  "%": () => "%",
  A: () => undefined, // Allowed to none, a broker uses no topic alias
  C: ({ properties }) => properties.contentType,
  D: ({ properties }) => properties.correlationData,
  E: ({ properties }) => properties.messageExpiryInterval,
  F: ({ properties }) => flag(properties.payloadFormatIndicator),
  I: (_, time) => isoTime(time(), "second"),
  j: (message, time) => toJson(message, time(), { quoted: true }),
  J: (message, time) => toJson(message, time(), { quoted: false }),
  l: ({ payload }) => payload.length,
  m: ({ messageId }) => messageId,
  P: ({ properties }) => pairs(properties.userProperties),
  p: ({ payload }) => payload,
  q: ({ qos }) => qos,
  R: ({ properties }) => properties.responseTopic,
  r: ({ retain }) => flag(retain),
  S: () => undefined, // `sub` asks for no subscription identifier
  t: ({ topic }) => topic,
  U: (_, time) => `${seconds(time())}.${nanoseconds(time())}`,
  x: ({ payload }) => hexadecimal(payload),
  X: ({ payload }) => hexadecimal(payload).toUpperCase(),
};

/** Those that a width is for, a zero before it, and a greatest width. */
const WIDE = "ACEFIlmpRStxX";
const ZERO_FILLED = "AEFlmSXx";
const CUT = "CIRt";

/** What `@` and a letter stand for: those of `strftime` that need no language. */
const TIMES: Record<string, (time: Time) => string> = {
  "@": () => "@",
  Y: (time) => time.toString().slice(0, 4),
  m: (time) => time.toString().slice(5, 7),
  d: (time) => time.toString().slice(8, 10),
  F: (time) => time.toString().slice(0, 10),
  H: (time) => time.toString().slice(11, 13),
  M: (time) => time.toString().slice(14, 16),
  S: (time) => time.toString().slice(17, 19),
  R: (time) => time.toString().slice(11, 16),
  T: (time) => time.toString().slice(11, 19),
  z: (time) => time.offset.replace(":", ""),
  s: seconds,
  N: nanoseconds,
};

const ESCAPES: Record<string, string> = {
  ...{ "\\": "\\", 0: "\0", a: "\x07", e: "\x1b" },
  ...{ n: "\n", r: "\r", t: "\t", v: "\v" },
};

/** What `--help` says about it. */
export const FORMAT_HELP = `
  -F FORMAT     print messages in this way; in it stand
                %t topic, %p payload, %x and %X the payload in hexadecimal,
                %l its length, %q QoS, %r whether retained, %m message id,
                %j JSON, %J JSON with a payload that is JSON itself,
                %I time in ISO 8601, %U in seconds since 1970, %% a percent sign;
                of MQTT 5 %C content type, %R response topic, %P user
                properties, %D correlation data, %E seconds until it expires,
                %F payload format; @Y @m @d @F @H @M @S @R @T @z @s @N the time
                as strftime has it, @@ an at sign; \\\\ \\0 \\a \\e \\n \\r \\t \\v
                A width as in %-20t or %06l fills up, and %.8t cuts
`.trim();

/**
 * Makes a function that writes messages as a format says.
 *
 * @param format The format: text with sequences that begin with `%`, `@` or a
 *   backslash in it.
 * @param isTerminal Whether the line is for a terminal, which gets no control
 *   characters but those of the format itself.
 * @returns A function that makes the bytes of a message, without a line end.
 * @throws {UsageError} If a sequence is unknown or not complete.
 */
export function outputFormat(
  format: string,
  isTerminal: boolean,
): (message: Message) => Uint8Array {
  const parts = [...format.matchAll(SEQUENCE)].map((match) =>
    toPart(match, isTerminal)
  );
  return (message) => {
    let now: Time | undefined;
    const time = () => now ??= Temporal.Now.zonedDateTimeISO();
    return Buffer.concat(
      parts.map((part) => Buffer.from(part(message, time) as string)),
    );
  };
}

function toPart(match: RegExpExecArray, isTerminal: boolean): Part {
  const [sequence] = match;
  const { field, time, escape } = match.groups!;
  if (field && field in FIELDS) {
    const read = FIELDS[field]!;
    const fit = fitter(match);
    return (message, now) => {
      const value = read(message, now) ?? "";
      const isRaw = value instanceof Uint8Array && !isTerminal;
      if (isRaw) return fit(value);
      const text = value instanceof Uint8Array
        ? Buffer.from(value).toString()
        : String(value);
      return fit(isTerminal ? printable(text) : text);
    };
  }
  if (time && time in TIMES) return (_, now) => TIMES[time]!(now());
  if (escape && escape in ESCAPES) return () => ESCAPES[escape]!;
  if (!/^[%@\\]/.test(sequence)) return () => sequence;
  throw new UsageError(
    `Sequence "${
      printable(sequence)
    }" of -F is unknown: --help lists those that there are`,
  );
}

/** Makes a function that fills a value up to its width, and cuts it. */
function fitter(
  { groups }: RegExpExecArray,
): (value: string | Uint8Array) => string | Uint8Array {
  const { flags = "", width, most, field = "" } = groups!;
  const least = WIDE.includes(field) ? Number(width) : 0;
  const isLeft = flags.includes("-");
  const isZero = !isLeft && flags.includes("0") && ZERO_FILLED.includes(field);
  return (value) => {
    const shown = most !== undefined && CUT.includes(field)
      ? [...String(value)].slice(0, Number(most)).join("")
      : value;
    const length = typeof shown === "string" ? [...shown].length : shown.length;
    const fill = (isZero ? "0" : " ").repeat(Math.max(0, least - length));
    if (fill === "") return shown;
    const pieces = isLeft ? [shown, fill] : [fill, shown];
    return Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
  };
}

function flag(value: boolean | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function hexadecimal(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function pairs(properties: Record<string, string | string[]> = {}): string {
  return Object.entries(properties).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}:${value}`)
  ).join(" ");
}

function seconds(time: Time): string {
  return String(time.epochNanoseconds / 1_000_000_000n);
}

function nanoseconds(time: Time): string {
  return String(time.epochNanoseconds % 1_000_000_000n).padStart(9, "0");
}
