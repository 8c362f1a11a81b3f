import { assertEquals, assertThrows } from "@std/assert";
import { applyEdits } from "./mistake.ts";

Deno.test("applyEdits() replaces one text after the other, whatever ends a line", () => {
  const text = applyEdits("one\r\ntwo\r\n", [["one\ntwo", "1\n2"], ["2", "3"]]);
  assertEquals(text, "1\n3\n");
});

Deno.test("applyEdits() takes a replacement as it is", () => {
  assertEquals(applyEdits("one", [["one", "$&$1"]]), "$&$1");
});

Deno.test("applyEdits() refuses a text that isn't there, or is there twice", () => {
  for (const [from, times] of [["four", 0], ["o", 2]] as const) {
    assertThrows(
      () => applyEdits("one two", [[from, ""]]),
      Error,
      `An edit no longer applies: "${from}" is there ${times} times`,
    );
  }
});
