import { assertEquals, assertThrows } from "@std/assert";
import { Message } from "./message.ts";

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

for (
  const payload of [
    "",
    " ",
    "abc",
    "0x10",
    "1_000",
    "Infinity",
    "nan",
    "1e999",
    "12,5",
  ]
) {
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
