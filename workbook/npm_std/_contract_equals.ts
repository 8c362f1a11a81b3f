import { ok } from "node:assert/strict";
import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { fails } from "./_failures.ts";

class Celsius {
  constructor(readonly degrees: number) {}
}

class Kelvin {
  constructor(readonly degrees: number) {}
}

Deno.test("assertEquals() compares values, however deep", () => {
  const cyclic: Record<string, unknown> = { a: 1 };
  cyclic.self = cyclic;
  const sameCycle: Record<string, unknown> = { a: 1 };
  sameCycle.self = sameCycle;
  const equal: [unknown, unknown][] = [
    [NaN, NaN],
    [[0, { a: -0 }], [-0, { a: 0 }]],
    [{ a: 1, b: [NaN, null] }, { b: [NaN, null], a: 1 }],
    [new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]])],
    [new Set([1, 2]), new Set([2, 1])],
    [new Set([[1]]), new Set([[1]])],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [new URL("mqtt://h"), new URL("mqtt://h")],
    [new Celsius(20), new Celsius(20)],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [cyclic, sameCycle],
  ];
  for (const [actual, expected] of equal) {
    assertEquals(actual, expected);
    fails(() => assertNotEquals(actual, expected), "Expected actual: ");
  }
});

Deno.test("assertEquals() tells different values apart", () => {
  const different: [unknown, unknown][] = [
    [1, "1"],
    [0, null],
    [null, undefined],
    [{}, { a: undefined }],
    [{ a: undefined }, { b: undefined }],
    [[1, 2], [2, 1]],
    [[], {}],
    [{ a: 1 }, { a: 1, b: 2 }],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [new Set([1]), new Set([2])],
    [new Uint8Array([1, 2]), new Uint8Array([1, 3])],
    [new Uint8Array([1]), new Uint16Array([1])],
    [new Uint8Array([1]), [1]],
    [new Date(5), new Date(6)],
    [/a/g, /a/i],
    [new Celsius(20), new Celsius(21)],
    [new Celsius(20), new Kelvin(20)],
    [new Celsius(20), { degrees: 20 }],
    [() => 1, () => 1],
  ];
  for (const [actual, expected] of different) {
    assertNotEquals(actual, expected);
    fails(() => assertEquals(actual, expected), "Values are not equal.\n");
  }
  fails(() => assertEquals(1, 2, "Count"), "Values are not equal: Count\n");
});

Deno.test("assertEquals() shows both values where they differ", () => {
  try {
    assertEquals({ topic: "iot/x", qos: 1 }, { topic: "iot/x", qos: 2 });
  } catch (error) {
    ok(error instanceof Error);
    ok(/qos: 1/.test(error.message) && /qos: 2/.test(error.message));
    return;
  }
  throw new Error("Nothing was thrown");
});

Deno.test("assertStrictEquals() wants the same value", () => {
  const array = [1];
  const value: unknown = "text";
  assertStrictEquals(value, "text");
  assertStrictEquals(array, array);
  assertStrictEquals(NaN, NaN);
  fails(() => assertStrictEquals(0, -0), "Values ");
  fails(
    () => assertStrictEquals([1], array, "Copy"),
    "Values have the same structure but are not reference-equal: Copy",
  );
  fails(() => assertStrictEquals(1, 2), "Values are not strictly equal.");
});
