import { ok, strictEqual } from "node:assert/strict";
import { AssertionError } from "@std/assert";

/** Expects an assertion to fail, and its message to start so. */
export function fails(assertion: () => void, start: string): void {
  try {
    assertion();
  } catch (error) {
    checkFailure(error, start);
    return;
  }
  throw new Error(`Nothing was thrown: ${assertion}`);
}

/** Expects an assertion to fail later, and its message to start so. */
export async function failsLater(
  assertion: () => Promise<unknown>,
  start: string,
): Promise<void> {
  const error = await assertion().then(
    () => new Error(`Nothing was thrown: ${assertion}`),
    (error) => error,
  );
  checkFailure(error, start);
}

function checkFailure(error: unknown, start: string): void {
  ok(error instanceof AssertionError, `Not an AssertionError: ${error}`);
  ok(error instanceof Error);
  strictEqual(error.name, "AssertionError");
  strictEqual(error.message.slice(0, start.length), start);
}
