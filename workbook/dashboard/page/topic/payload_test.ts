import { assertEquals } from "@std/assert";
import { fromBase64, readPayload } from "./payload.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string) => readPayload(bytes(text));

Deno.test("readPayload() tells numbers, JSON, text and bytes apart", () => {
  assertEquals(read(""), { kind: "empty" });
  assertEquals(read(" -2.5e1\n"), {
    kind: "number",
    text: " -2.5e1\n",
    value: -25,
  });
  assertEquals(read('{"a":[1]}'), {
    kind: "json",
    text: '{"a":[1]}',
    value: { a: [1] },
  });
  for (const text of ["on", "{on}", "0x10", "1e999", "true", '"on"', "NaN"]) {
    assertEquals(read(text), { kind: "text", text });
  }
});

Deno.test("readPayload() shows what is no UTF-8 in hexadecimal", () => {
  assertEquals(readPayload(new Uint8Array([0xff, 0, 0x1f])), {
    kind: "hex",
    text: "ff 00 1f",
  });
  // Overlong, a surrogate, and cut off.
  for (const wrong of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    assertEquals(readPayload(new Uint8Array(wrong)).kind, "hex");
  }
  const long = readPayload(new Uint8Array(17).fill(0xff));
  assertEquals(
    long.kind === "hex" && long.text,
    `${"ff ".repeat(16).trim()}\nff`,
  );
});

Deno.test("readPayload() shows a beginning as text, even if it is cut in a character", () => {
  assertEquals(readPayload(bytes("12€").subarray(0, 4), false), {
    kind: "text",
    text: "12",
  });
  assertEquals(readPayload(bytes("12"), false), { kind: "text", text: "12" });
  assertEquals(readPayload(new Uint8Array([0xff]), false).kind, "hex");
});

Deno.test("readPayload() reads past a byte order mark, and keeps it in the text", () => {
  assertEquals(read("\ufeff1"), { kind: "number", text: "\ufeff1", value: 1 });
  assertEquals(read("\ufeff[1]"), {
    kind: "json",
    text: "\ufeff[1]",
    value: [1],
  });
  assertEquals(read("\ufeffon"), { kind: "text", text: "\ufeffon" });
});

Deno.test("readPayload() keeps all digits of an integer", () => {
  const payload = read("[12345678901234567890,-9007199254740993,1.5,1e20]");
  assertEquals(payload.kind === "json" && payload.value, [
    12345678901234567890n,
    -9007199254740993n,
    1.5,
    1e20,
  ]);
});

Deno.test("readPayload() takes JSON that is nested deeply, or that names what objects have", () => {
  const deep = "[".repeat(30_000) + "]".repeat(30_000);
  assertEquals(read(deep).kind, "json");
  assertEquals(read(`[12345678901234567890,${deep}]`).kind, "json");
  const payload = read('{"__proto__":{"x":1},"toString":2}');
  assertEquals(
    payload.kind === "json" && Object.keys(payload.value as object),
    ["__proto__", "toString"],
  );
});

Deno.test("fromBase64() gives the bytes", () => {
  assertEquals(fromBase64("/wBB"), new Uint8Array([255, 0, 65]));
  assertEquals(fromBase64(""), new Uint8Array());
});
