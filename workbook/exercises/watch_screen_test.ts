import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { layOut, type Screen } from "./watch_screen.ts";
import { displayWidth } from "../terminal/wrap.ts";

const SCREEN: Screen = {
  heading: "Exercise 03: 채팅 프로그램",
  files: ["exercises/03_chat/main.ts"],
  solved: 2,
  total: 10,
  note: "",
  body: [
    "✗ The program broke off at main.ts:12",
    "    at main.ts:12",
    "",
    "✓ It publishes each line that is typed, with accents and 이모지 🙂",
    "안녕하세요 세계 ".repeat(60),
  ],
  page: 0,
};

Deno.test("layOut() fits the screen at any size, and keeps the keys in view", () => {
  for (const page of [0, 1, 7]) {
    for (let columns = 8; columns <= 120; columns += 7) {
      for (let rows = 1; rows <= 40; rows += 3) {
        const lines = layOut({ ...SCREEN, page }, { columns, rows });
        assertEquals(lines.length, rows);
        assert(lines.every((line) => displayWidth(line) <= columns));
        assertStringIncludes(lines.at(-1)!, "q:\u00a0quit");
      }
    }
  }
});

Deno.test("layOut() cuts from the end, and says so", () => {
  assertEquals(layOut(SCREEN, { columns: 40, rows: 14 }), [
    "Exercise 03: 채팅 프로그램",
    "[██░░░░░░░░] 2 of 10 solved",
    "exercises/03_chat/main.ts",
    "",
    "✗ The program broke off at main.ts:12",
    "    at main.ts:12",
    "",
    "✓ It publishes each line that is typed,",
    "  with accents and 이모지 🙂",
    "안녕하세요 세계 안녕하세요 세계",
    "… 29 more lines: press a",
    "",
    "h:\u00a0hint   a:\u00a0all   n:\u00a0next   p:\u00a0previous",
    "q:\u00a0quit",
  ]);
});

Deno.test("layOut() shows every line on one of its pages, and then begins anew", () => {
  const body = Array.from({ length: 50 }, (_, index) => `line ${index}`);
  const size = { columns: 80, rows: 24 };
  const pages = [0, 1, 2].map((page) =>
    layOut({ ...SCREEN, body, page }, size)
  );
  const shown = pages.flat().filter((line) => line.startsWith("line "));
  assertEquals(shown, body);
  assertStringIncludes(pages[2]!.join("\n"), "… The end: press a");
  assertEquals(layOut({ ...SCREEN, body, page: 3 }, size), pages[0]);
});

Deno.test("layOut() leaves the lines between text and keys empty", () => {
  const lines = layOut({ ...SCREEN, body: [] }, { columns: 80, rows: 24 });
  assertEquals(lines.filter((line) => line === "").length, 20);
  assert(!lines.some((line) => line.includes("…")));
});
