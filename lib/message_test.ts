import { assertEquals, assertThrows } from "@std/assert";
import { Message } from "./message.ts";
import { parseDecimal } from "./decimal.ts";

const numbers: [string, number][] = [
  ["21", 21],
  ["-0.5", -0.5],
  [" 3.25\n", 3.25],
  ["1e3", 1000],
  ["+.5", 0.5],
  ["5.", 5],
];
for (const [payload, expected] of numbers) {
  Deno.test(`Message.number reads ${JSON.stringify(payload)}`, () => {
    assertEquals(Message.from("t", payload).number, expected);
  });
}

const NO_NUMBERS = [
  "",
  " ",
  "abc",
  "0x10",
  "1_000",
  "Infinity",
  "nan",
  "1e999",
  "12,5",
];
for (const payload of NO_NUMBERS) {
  Deno.test(`Message.number rejects ${JSON.stringify(payload)}`, () => {
    assertThrows(
      () => Message.from("iot/x", payload).number,
      TypeError,
      `Payload of iot/x is not a number: "${payload}"`,
    );
  });
}

Deno.test("Message.number shows the beginning of a long payload", () => {
  assertThrows(
    () => Message.from("t", "x".repeat(1000)).number,
    TypeError,
    `"${"x".repeat(60)}…"`,
  );
});

Deno.test("Message.text decodes UTF-8, and marks what isn't", () => {
  assertEquals(Message.from("t", "é 온도 🌡").text, "é 온도 🌡");
  assertEquals(Message.from("t", new Uint8Array([0x61, 0xff])).text, "a\ufffd");
});

Deno.test("Message.json parses, or says what it got", () => {
  assertEquals(Message.from("t", '{"a":[1]}').json, { a: [1] });
  assertThrows(
    () => Message.from("t", "{a}").json,
    SyntaxError,
    'Payload of t is not JSON: "{a}"',
  );
});

Deno.test("parseDecimal() reads decimal numbers and nothing else", () => {
  const numbers = { "21": 21, "-0.5": -0.5, "+1.": 1, ".5": 0.5, "1e3": 1000 };
  for (const [text, number] of Object.entries(numbers)) {
    assertEquals(parseDecimal(text), number);
  }
  assertEquals(parseDecimal("1e999"), Infinity);
  for (const text of ["", " ", "1 ", "0x10", "Infinity", "1,5", "1_000", "."]) {
    assertEquals(parseDecimal(text), NaN);
  }
});
