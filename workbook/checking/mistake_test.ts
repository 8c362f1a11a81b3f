import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { applyEdits, mistakeText } from "./mistake.ts";

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

Deno.test("mistakeText() names the mistake whose edit no longer applies", async () => {
  const exercise = { name: "03_chat", programs: ["main"], requirements: [] };
  const mistakes = {
    wrong_topic: { breaks: "prints", words: "", edits: [["nowhere", ""]] },
  } as const;
  await assertRejects(
    () => mistakeText(exercise, { mistakes, name: "wrong_topic" }),
    Error,
    'Mistake "wrong_topic" of 03_chat: An edit no longer applies: "nowhere" is ' +
      "there 0 times",
  );
});
