import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { layOut, type Screen } from "./watch_screen.ts";
import { displayWidth } from "../terminal/wrap.ts";

const SCREEN: Screen = {
  heading: "Exercise 03: 채팅 프로그램",
  files: ["exercises/03_chat/main.ts"],
  solved: 2,
  total: 10,
  results: [
    "✓ It subscribes to exercice3, and prints each message after two tabs",
    "✗ It publishes each line that is typed, with accents and 이모지 🙂",
    "· It says when it leaves (extra)",
  ],
  text: "Required: 1 of 2 passed\n\n" + "안녕하세요 세계 ".repeat(60),
  rest: "… The rest: deno task check 03",
};

Deno.test("layOut() fits the screen at any size, and keeps the keys in view", () => {
  for (let columns = 8; columns <= 120; columns += 7) {
    for (let rows = 1; rows <= 40; rows += 3) {
      const lines = layOut(SCREEN, { columns, rows });
      assertEquals(lines.length, rows);
      assert(lines.every((line) => displayWidth(line) <= columns));
      assertStringIncludes(lines.at(-1)!, "q:\u00a0quit");
    }
  }
});

Deno.test("layOut() shows results and text, and says what has no room", () => {
  const lines = layOut(SCREEN, { columns: 40, rows: 14 });
  assertEquals(lines, [
    "Exercise 03: 채팅 프로그램",
    "[██░░░░░░░░] 2 of 10 solved",
    "exercises/03_chat/main.ts",
    "",
    "✓ It subscribes to exercice3, and prints",
    "  each message after two tabs",
    "…",
    "",
    "Required: 1 of 2 passed",
    "",
    "… The rest: deno task check 03",
    "",
    "h:\u00a0hint   n:\u00a0next   p:\u00a0previous",
    "q:\u00a0quit",
  ]);
});

Deno.test("layOut() leaves the lines between text and keys empty", () => {
  const lines = layOut({ ...SCREEN, text: "" }, { columns: 80, rows: 24 });
  assertEquals(lines.filter((line) => line === "").length, 17);
  assert(!lines.some((line) => line.includes("…")));
});
