import { parseDecimal } from "../../lib/decimal.ts";

/** A quoted name is a JSON string: it has no other escapes, and no C0 controls. */
const PATH =
  /^\$(?:\.[^.[\]]+|\[\d+\]|\["(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"\])*$/u;
const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g;
/** What is longer is no reading, and costs too much to look into. */
const LONGEST = 64 * 1024;

/** A reader of numbers in payloads. */
export type NumberReader = (payload: Uint8Array) => number | undefined;

const decoder = new TextDecoder();

/**
 * Makes a reader of the number at a path: `$` is the payload itself, `$.value` a
 * member of a JSON object, `$[0]` an element of an array, `$["a.b"]` a member with any
 * name (RFC 9535, one value only).
 *
 * @returns The reader, which gives nothing where there is no finite number; `undefined`
 *   if the path isn't one.
 */
export function numberAt(path: string): NumberReader | undefined {
  if (!PATH.test(path)) return undefined;
  const steps = [...path.matchAll(STEP)].map(([, name, index, quoted]) =>
    name ?? index ?? JSON.parse(quoted!) as string
  );
  if (steps.length === 0) {
    return (payload) => finite(parseDecimal(textOf(payload).trim()));
  }
  return (payload) => {
    const text = textOf(payload);
    // Most payloads that aren't JSON show it at once.
    if (!/^\s*[{[]/.test(text)) return undefined;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return undefined;
    }
    for (const step of steps) {
      if (typeof value !== "object" || value === null) return undefined;
      if (!Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string, unknown>)[step];
    }
    return typeof value === "number" ? value : undefined;
  };
}

function textOf(payload: Uint8Array): string {
  return payload.length > LONGEST ? "" : decoder.decode(payload);
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

/** A member of a JSON object, or an element of an array. */
export interface Member {
  /** Its name, or the element's index. */
  name: string | number;
  /** Where it is, such as `$.a[0]["b.c"]` (RFC 9535). */
  path: string;
  value: unknown;
}

/** The members of a JSON value, at most `most`; none of what has none. */
export function membersOf(
  value: unknown,
  path: string,
  most = Infinity,
): Member[] {
  if (Array.isArray(value)) {
    return value.slice(0, most).map((value, index) => ({
      name: index,
      path: `${path}[${index}]`,
      value,
    }));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).slice(0, most).map(([name, value]) => ({
    name,
    path: `${path}${
      /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`
    }`,
    value,
  }));
}

/** How many members a JSON value has; nothing if it can have none. */
export function memberCount(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}
