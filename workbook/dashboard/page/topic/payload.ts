import { parseDecimal } from "../../../../lib/decimal.ts";

/** What a payload is taken for. */
export type Payload =
  | { kind: "empty" }
  | { kind: "number"; text: string; value: number }
  | { kind: "json"; text: string; value: unknown }
  | { kind: "text"; text: string }
  | { kind: "hex"; text: string };

/** Bytes in a line of hexadecimal. */
const BYTES_A_LINE = 16;

/** Reads base64, as {@linkcode TopicMessage} has its payload. */
export function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/**
 * Finds out what a payload is: a number, a JSON object or array, text, or bytes that
 * are no text, which are shown in hexadecimal.
 *
 * @param isWhole Whether these are all its bytes. A beginning may end in the midst of
 *   a character, and is no JSON.
 */
export function readPayload(bytes: Uint8Array, isWhole = true): Payload {
  if (bytes.length === 0) return { kind: "empty" };
  const text = textOf(bytes, isWhole);
  if (text === undefined) return { kind: "hex", text: hexOf(bytes) };
  if (!isWhole) return { kind: "text", text };
  const value = parseDecimal(text.trim());
  if (Number.isFinite(value)) return { kind: "number", text, value };
  if (/^\s*[{[]/.test(text)) {
    try {
      return { kind: "json", text, value: parse(text.replace(/^\ufeff/, "")) };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return { kind: "text", text };
}

/** Writes bytes in hexadecimal, sixteen a line. */
function hexOf(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    const line = bytes.subarray(at, at + BYTES_A_LINE);
    lines.push(
      Array.from(line, (byte) => byte.toString(16).padStart(2, "0")).join(" "),
    );
  }
  return lines.join("\n");
}

function textOf(bytes: Uint8Array, isWhole: boolean): string | undefined {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(bytes, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

/** Parses JSON; an integer too large for a number becomes a `BigInt`, digit by digit. */
function parse(text: string): unknown {
  // Without such a number there is no need of a reviver, which is slow, and which
  // runs out of stack in what is nested some thousand times.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const exact = (
    _key: string,
    value: unknown,
    { source }: { source?: string } = {},
  ) =>
    typeof value === "number" && !Number.isSafeInteger(value) &&
      source !== undefined && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value;
  try {
    return JSON.parse(text, exact);
  } catch (error) {
    if (error instanceof RangeError) return JSON.parse(text);
    throw error;
  }
}
