import { isDeepStrictEqual } from "node:util";

/**
 * Tells whether two values are deeply equal as `@std/assert` sees it. That is
 * Node's strict comparison with two differences, which matter for arrays and
 * plain objects: 0 equals -0, and an object without a prototype (the groups of
 * a regular expression are one) equals a plain one.
 */
export function equal(actual: unknown, expected: unknown): boolean {
  return compare(actual, expected, new Map());
}

/** Pairs under comparison, so that a structure that holds itself ends. */
type Seen = Map<unknown, unknown>;

function compare(actual: unknown, expected: unknown, seen: Seen): boolean {
  if (actual === expected) return true;
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return compareEntries(actual, expected, seen);
  }
  if (isPlainObject(actual) && isPlainObject(expected)) {
    return compareEntries(actual, expected, seen);
  }
  return isDeepStrictEqual(actual, expected);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function compareEntries(
  actual: object,
  expected: object,
  seen: Seen,
): boolean {
  if (seen.get(actual) === expected) return true;
  seen.set(actual, expected);
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) {
    if (Array.isArray(actual)) return false;
  }
  const keys = Reflect.ownKeys(actual);
  return keys.length === Reflect.ownKeys(expected).length &&
    keys.every((key) =>
      Object.hasOwn(expected, key) &&
      compare(Reflect.get(actual, key), Reflect.get(expected, key), seen)
    );
}
