/**
 * What an exercise's page says at its top, and what README.md says of it.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";

const PROJECT = new URL("../", import.meta.url);

/** Reads a page with LF at the ends of its lines, on Windows, too. */
function read(path: string): string {
  const text = Deno.readTextFileSync(new URL(path, PROJECT));
  return text.replaceAll("\r\n", "\n");
}

/** What stands between a page's title and its task. */
const topOf = (page: string) => page.split("\n## ")[0]!;

/** The folders of the lessons that an exercise's page names. */
function lessonsOf(page: string): string[] {
  const [item = ""] = /^- Lessons: [^]*?(?=\n- )/m.exec(topOf(page)) ?? [];
  return Array.from(item.matchAll(/\/lessons\/(\w+)\//g), ([, name]) => name!);
}

const pages = Array.from(Deno.readDirSync(new URL("exercises/", PROJECT)))
  .map(({ name }) => name)
  .filter((name) => /^\d\d_/.test(name))
  .sort()
  .map((name) => ({ name, page: read(`exercises/${name}/README.md`) }));

Deno.test("an exercise's page says for whom it is: lessons, minutes, what one learns", () => {
  for (const { name, page } of pages) {
    const wants =
      `exercises/${name}/README.md: at its top must be a line such as`;
    for (
      const [pattern, example] of [
        [
          /^- Lessons: /m,
          "- Lessons: [01](../../lessons/01_publish/README.md)",
        ],
        [/^- Minutes: \d+$/m, "- Minutes: 30"],
        [/^- Afterwards you can: /m, "- Afterwards you can: publish"],
        [/^- From: /m, "- From: our own"],
      ] as const
    ) {
      assertMatch(topOf(page), pattern, `${wants} "${example}"`);
    }
    const lessons = lessonsOf(page);
    assert(lessons.length > 0, `exercises/${name}/README.md names no lesson`);
    for (const lesson of lessons) {
      const link = `[${lesson.slice(0, 2)}](../../lessons/${lesson}/README.md)`;
      assert(page.includes(link), `exercises/${name}/README.md: no ${link}`);
      assertMatch(read(`lessons/${lesson}/README.md`), /^# Lesson \d\d: /);
    }
  }
});

Deno.test("README.md lists every exercise, with its lessons and its minutes", () => {
  const rows = Array.from(
    read("README.md").matchAll(
      /^\| \[\d\d\]\(exercises\/(.+?)\/README.md\) *\| (.*?) *\| (.*?) *\| (.*?) *\|$/gm,
    ),
    ([, ...cells]) => cells.join(" | "),
  );
  const expected = pages.map(({ name, page }) => {
    const [, title] = /^# Exercise \d\d: (.*)$/m.exec(page) ?? [];
    const [, minutes] = /^- Minutes: (\d+)$/m.exec(page) ?? [];
    const lessons = lessonsOf(page).map((lesson) => lesson.slice(0, 2));
    return [name, title, lessons.join(", "), minutes].join(" | ");
  });
  assertEquals(rows, expected, "the table of exercises must be as their pages");
});
