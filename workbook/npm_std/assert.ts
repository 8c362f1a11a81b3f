/**
 * Stands in for `@std/assert` on networks that block JSR: the assertions that
 * this project's tests use, over Node's `node:assert` and `node:util`.
 * `contract_test.ts` says what they promise.
 *
 * @module
 */
import { AssertionError } from "node:assert";
import {
  inspect,
  isDeepStrictEqual,
  stripVTControlCharacters,
} from "node:util";

export {
  match as assertMatch,
  strictEqual as assertStrictEquals,
} from "node:assert";

// A constructor's parameters are contravariant, so only `any` lets each class
// through; `unknown[]` would refuse all that take something narrower.
// deno-lint-ignore no-explicit-any
type Class<T> = abstract new (...args: any[]) => T;

/** Asserts that a value is truthy. */
export function assert(expr: unknown, msg?: string): asserts expr {
  failUnless(expr, `${inspect(expr)} is not truthy`, msg);
}

/** Asserts that two values are equal, however deep their structure goes. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  // Node shows where two values differ only if it has no message.
  const difference = { actual, expected, operator: "deepStrictEqual" };
  failUnless(false, new AssertionError(difference).message, msg);
}

/** Asserts that two values differ somewhere in their structure. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  failUnless(!equal(actual, expected), `Both are ${inspect(actual)}`, msg);
}

/** Asserts that a number is within `tolerance` of another. */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance = Math.abs(expected * 1e-7),
  msg?: string,
): void {
  const isNear = Math.abs(expected - actual) <= tolerance;
  failUnless(isNear, `${actual} is not close to ${expected}`, msg);
}

/** Asserts `actual > expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  failUnless(actual > expected, `${actual} is not above ${expected}`, msg);
}

/** Asserts `actual < expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  failUnless(actual < expected, `${actual} is not below ${expected}`, msg);
}

/** Asserts that a text holds another. */
export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  const said = `${inspect(actual)} does not contain ${inspect(expected)}`;
  failUnless(actual.includes(expected), said, msg);
}

/** Asserts that a value was made by a class. */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: Class<T>,
  msg?: string,
): asserts actual is T {
  const said = `${inspect(actual)} is no instance of ${expectedType.name}`;
  failUnless(actual instanceof expectedType, said, msg);
}

/** Asserts that a function throws, and returns what it threw. */
export function assertThrows(fn: () => unknown): unknown;
/** Asserts that a function throws an error of a class, and returns it. */
export function assertThrows<E extends Error>(
  fn: () => unknown,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  ...expected: ExpectedError
): unknown {
  try {
    fn();
  } catch (error) {
    return checked(error, ...expected);
  }
  failUnless(false, "Nothing was thrown", expected[2]);
}

/** Asserts that a function's promise rejects, and resolves to the reason. */
export function assertRejects(fn: () => PromiseLike<unknown>): Promise<unknown>;
/** Asserts that a function's promise rejects with an error of a class. */
export function assertRejects<E extends Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ...expected: ExpectedError
): Promise<unknown> {
  let promise: PromiseLike<unknown> | undefined;
  try {
    promise = fn();
  } catch {
    // A function that throws at once doesn't reject.
  }
  failUnless(promise, "Function throws: it should reject", expected[2]);
  try {
    await promise;
  } catch (error) {
    return checked(error, ...expected);
  }
  failUnless(false, "Nothing was rejected", expected[2]);
}

type ExpectedError = [type?: Class<Error>, includes?: string, msg?: string];

function checked(
  error: unknown,
  ...[type, includes = "", msg]: ExpectedError
): unknown {
  if (type === undefined) return error;
  assertInstanceOf(error, type, msg);
  assertStringIncludes(
    stripVTControlCharacters(error.message),
    stripVTControlCharacters(includes),
    msg,
  );
  return error;
}

function failUnless(
  condition: unknown,
  said: string,
  msg: string | undefined,
): asserts condition {
  if (condition) return;
  throw new AssertionError({ message: msg ? `${msg}: ${said}` : said });
}

/**
 * Tells whether two values are deeply equal as `@std/assert` sees it. That is
 * Node's strict comparison with two differences, which matter for arrays and
 * plain objects: 0 equals -0, and an object without a prototype (the groups of
 * a regular expression are one) equals a plain one.
 */
function equal(actual: unknown, expected: unknown): boolean {
  if (actual === expected || isDeepStrictEqual(actual, expected)) return true;
  if (!isPlain(actual) || !isPlain(expected)) return false;
  if (Array.isArray(actual) !== Array.isArray(expected)) return false;
  const keys = Reflect.ownKeys(actual);
  return keys.length === Reflect.ownKeys(expected).length &&
    keys.every((key) =>
      Object.hasOwn(expected, key) &&
      equal(Reflect.get(actual, key), Reflect.get(expected, key))
    );
}

/** Whether it is an array, or an object of no class. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === null ||
    prototype === Object.prototype;
}
