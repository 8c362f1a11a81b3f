import { stripVTControlCharacters } from "node:util";
import { AssertionError, type Class, ending } from "./_assert_basic.ts";

/** What a function should fail with: any class of error, and what it says. */
interface Expectation {
  errorClass: Class<Error> | undefined;
  includes: string | undefined;
  message: string | undefined;
}

/** Asserts that a function throws, and returns what it threw. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/** Asserts that a function throws an error of a class, and returns it. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMessage?: Class<Error> | string,
  includesOrMessage?: string,
  message?: string,
): unknown {
  const expected = expectation(classOrMessage, includesOrMessage, message);
  try {
    fn();
  } catch (error) {
    checkError(error, { ...expected, verb: "thrown" });
    return error;
  }
  throw new AssertionError(
    `Expected function to throw${ending(expected.message)}`,
  );
}

/** Asserts that a function's promise rejects, and resolves to the reason. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/** Asserts that a function's promise rejects with an error of a class. */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: Class<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMessage?: Class<Error> | string,
  includesOrMessage?: string,
  message?: string,
): Promise<unknown> {
  const expected = expectation(classOrMessage, includesOrMessage, message);
  const promise = promiseOf(fn, expected.message);
  try {
    await promise;
  } catch (error) {
    checkError(error, { ...expected, verb: "rejected" });
    return error;
  }
  throw new AssertionError(
    `Expected function to reject${ending(expected.message)}`,
  );
}

function expectation(
  classOrMessage: Class<Error> | string | undefined,
  includesOrMessage: string | undefined,
  message: string | undefined,
): Expectation {
  return typeof classOrMessage === "string"
    ? { errorClass: undefined, includes: undefined, message: classOrMessage }
    : { errorClass: classOrMessage, includes: includesOrMessage, message };
}

/** A function that throws at once, or returns no promise, doesn't reject. */
function promiseOf(
  fn: () => PromiseLike<unknown>,
  message: string | undefined,
): PromiseLike<unknown> {
  try {
    const promise = fn();
    if (typeof promise?.then === "function") return promise;
  } catch {
    // Reported below, with the same words as a missing promise.
  }
  throw new AssertionError(
    `Function throws when expected to reject${ending(message)}`,
  );
}

function checkError(
  error: unknown,
  expected: Expectation & { verb: string },
): void {
  const { errorClass, includes, message, verb } = expected;
  if (!errorClass) return;
  if (!(error instanceof Error)) {
    throw new AssertionError(
      `A non-Error object was ${verb}${ending(message)}`,
    );
  }
  const { name } = error.constructor;
  if (!(error instanceof errorClass)) {
    throw new AssertionError(
      `Expected error to be instance of "${errorClass.name}", but was "${name}"${
        ending(message)
      }`,
    );
  }
  if (!includes) return;
  const text = stripVTControlCharacters(error.message);
  if (text.includes(stripVTControlCharacters(includes))) return;
  throw new AssertionError(
    `Expected error message to include ${JSON.stringify(includes)}, but got ${
      JSON.stringify(error.message)
    }${ending(message)}`,
  );
}
