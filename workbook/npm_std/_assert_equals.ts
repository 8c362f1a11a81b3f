import { AssertionError as NodeAssertionError } from "node:assert";
import { inspect } from "node:util";
import { AssertionError, ending } from "./_assert_basic.ts";
import { equal } from "./_equal.ts";

/** Asserts that two values are equal, however deep their structure goes. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${ending(msg)}\n${difference(actual, expected)}`,
  );
}

/** Asserts that two values differ somewhere in their structure. */
export function assertNotEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${inspect(actual)} not to be: ${inspect(expected)}${
      ending(msg)
    }`,
  );
}

/** Asserts that two values are one and the same, as `Object.is` tells. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  throw new AssertionError(
    inspect(actual) === inspect(expected)
      ? `Values have the same structure but are not reference-equal${
        ending(msg)
      }\n\n${inspect(actual)}`
      : `Values are not strictly equal${ending(msg)}\n${
        difference(actual, expected)
      }`,
  );
}

/** Node's own picture of where two values differ, without its headline. */
function difference(actual: unknown, expected: unknown): string {
  const { message } = new NodeAssertionError({
    actual,
    expected,
    operator: "deepStrictEqual",
  });
  return message.slice(message.indexOf("\n") + 1);
}
