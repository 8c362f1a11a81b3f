import { strictEqual } from "node:assert/strict";
import { assertRejects, assertThrows } from "@std/assert";
import { fails, failsLater } from "./_failures.ts";

Deno.test("assertThrows() returns what was thrown, after checking it", () => {
  const thrown = new RangeError("Port 99999 is too high");
  const throwing = () => {
    throw thrown;
  };
  const error: RangeError = assertThrows(throwing, RangeError, "99999");
  strictEqual(error, thrown);
  strictEqual(assertThrows(throwing), thrown);
  strictEqual(assertThrows(throwing, Error), thrown);
  strictEqual(assertThrows(throwing, "A message"), thrown);
  fails(() => assertThrows(() => 1), "Expected function to throw.");
  fails(
    () => assertThrows(() => 1, "Port"),
    "Expected function to throw: Port",
  );
  fails(
    () => assertThrows(throwing, TypeError),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  );
  fails(
    () => assertThrows(throwing, RangeError, "1883", "Port"),
    'Expected error message to include "1883", but got "Port 99999 is too high": Port',
  );
});

Deno.test("assertThrows() wants an error where a class is given", () => {
  const throwing = () => {
    throw "text";
  };
  strictEqual(assertThrows(throwing), "text");
  fails(
    () => assertThrows(throwing, Error),
    "A non-Error object was thrown.",
  );
});

Deno.test("assertRejects() returns the reason, after checking it", async () => {
  const reason = new RangeError("Port 99999 is too high");
  const rejecting = () => Promise.reject(reason);
  const error: RangeError = await assertRejects(rejecting, RangeError, "99999");
  strictEqual(error, reason);
  strictEqual(await assertRejects(rejecting), reason);
  strictEqual(await assertRejects(rejecting, "A message"), reason);
  await failsLater(
    () => assertRejects(() => Promise.resolve(1)),
    "Expected function to reject.",
  );
  await failsLater(
    () => assertRejects(rejecting, TypeError),
    'Expected error to be instance of "TypeError", but was "RangeError".',
  );
  await failsLater(
    () => assertRejects(rejecting, RangeError, "1883"),
    'Expected error message to include "1883", but got',
  );
  await failsLater(
    () => assertRejects(() => Promise.reject("text"), Error),
    "A non-Error object was rejected.",
  );
});

Deno.test("assertRejects() tells throwing from rejecting", async () => {
  await failsLater(
    () =>
      assertRejects(() => {
        throw new Error("At once");
      }),
    "Function throws when expected to reject.",
  );
});
