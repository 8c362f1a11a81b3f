import { strictEqual } from "node:assert/strict";
import {
  assert,
  assertAlmostEquals,
  assertExists,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
  fail,
} from "@std/assert";
import { fails } from "./_failures.ts";

class Celsius {
  constructor(readonly degrees: number) {}
}

class Kelvin {
  constructor(readonly degrees: number) {}
}

Deno.test("assert() wants a truthy value, and narrows its type", () => {
  const value: string | undefined = ["text"].at(0);
  assert(value);
  strictEqual(value.length, 4);
  fails(() => assert(0), "");
  fails(() => assert("", "No text"), "No text");
});

Deno.test("assertExists() wants neither null nor undefined", () => {
  const value: number | undefined = [0].at(0);
  assertExists(value);
  strictEqual(value.toFixed(1), "0.0");
  fails(
    () => assertExists(null),
    'Expected actual: "null" to not be null or undefined.',
  );
  fails(
    () => assertExists(undefined, "Client"),
    'Expected actual: "undefined" to not be null or undefined: Client',
  );
});

Deno.test("assertInstanceOf() wants a class, and narrows the type", () => {
  const value: unknown = new Celsius(20);
  assertInstanceOf(value, Celsius);
  strictEqual(value.degrees, 20);
  const start = 'Expected object to be an instance of "Celsius" but was';
  fails(() => assertInstanceOf(new Kelvin(0), Celsius), `${start} "Kelvin".`);
  fails(() => assertInstanceOf(null, Celsius), `${start} "null".`);
  fails(() => assertInstanceOf(1, Celsius, "T"), `${start} "number": T`);
});

Deno.test("assertGreater() and its kind compare numbers", () => {
  assertGreater(2, 1);
  assertGreaterOrEqual(2, 2);
  assertLess(1, 2);
  assertLessOrEqual(2, 2);
  fails(() => assertGreater(1, 1), "Expect 1 > 1");
  fails(() => assertGreaterOrEqual(1, 2), "Expect 1 >= 2");
  fails(() => assertLess(1, 1), "Expect 1 < 1");
  fails(() => assertLessOrEqual(2, 1, "Too late"), "Too late");
  fails(() => assertLess(NaN, 1), "Expect NaN < 1");
});

Deno.test("assertAlmostEquals() allows a tolerance", () => {
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(10, 10.4, 0.5);
  assertAlmostEquals(NaN, NaN);
  fails(() => assertAlmostEquals(10, 10.6, 0.5), 'Expected actual: "10" to be');
  fails(() => assertAlmostEquals(1, 1.001), 'Expected actual: "1');
  fails(() => assertAlmostEquals(NaN, 1), "Expected actual: ");
});

Deno.test("assertMatch() and assertStringIncludes() look into a text", () => {
  assertMatch("iot/user1/temp", /^iot\//);
  assertStringIncludes("iot/user1/temp", "user1");
  fails(
    () => assertMatch("abc", /^b/, "Topic"),
    'Expected actual: "abc" to match: "/^b/": Topic',
  );
  fails(
    () => assertStringIncludes("abc", "x"),
    'Expected actual: "abc" to contain: "x".',
  );
});

Deno.test("fail() fails", () => {
  fails(() => fail(), "Failed assertion.");
  fails(() => fail("Unreachable"), "Failed assertion: Unreachable");
});
