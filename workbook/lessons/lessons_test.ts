import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  type Lesson,
  listLessons,
  listPrograms,
  programFlags,
} from "./lessons.ts";

/** What is for who knows Python, or the document, is folded away. */
const SECTIONS = [
  "## What you will see",
  "## The idea",
  "## Step by step",
  "<summary><b>From paho to MQTT.js</b></summary>",
  "## What to try next",
  "<summary><b>What the document got wrong</b></summary>",
];
const DOCUMENTS = ["ko", "zh-hans", "zh-hant", "fr", "en"];
const MOST_LINES = 60;

/** Reads a file of a lesson. */
function read(lesson: Lesson, file: string): string {
  return Deno.readTextFileSync(new URL(file, lesson.folder));
}

/** The path of a lesson's file, seen from the project's folder. */
function pathOf(lesson: Lesson, file: string): string {
  return `lessons/${lesson.folder.pathname.split("/").at(-2)}/${file}`;
}

Deno.test("listLessons() counts from 01 without a gap", () => {
  const numbers = listLessons().map(({ number }) => Number(number));
  assertEquals(numbers, Array.from(numbers, (_, index) => index + 1));
});

for (const lesson of listLessons()) {
  const { number, title } = lesson;

  Deno.test(`lesson ${number} has data that can be carried out`, () => {
    assert(title.length > 0 && title.length <= 60, title);
    assert(
      ["beginner", "intermediate", "advanced"].includes(lesson.difficulty),
    );
    for (const name of lesson.documents) assert(DOCUMENTS.includes(name), name);
    assert(lesson.programs.length > 0);
    for (const { file, stays, ready } of lesson.programs) {
      assert(programFlags(new URL(file, lesson.folder)).length > 0);
      assertEquals(ready !== undefined, stays === true, `${file}: ready`);
    }
  });

  Deno.test(`lesson ${number} has a page with the parts that a page needs`, () => {
    const page = read(lesson, "README.md");
    assertMatch(page, new RegExp(`^# Lesson ${number}: ${title}\r?\n`));
    const sections = Array.from(
      page.matchAll(/^(?:## |<summary>).*?(?=\r?$)/gm),
      ([section]) => section,
    );
    const hasDocument = lesson.documents.length > 0;
    assertEquals(sections, hasDocument ? SECTIONS : SECTIONS.slice(0, -1));
    assert(page.includes(`deno task lesson:${number}`));
    for (const program of listPrograms(lesson)) {
      const [, run = ""] = / \* @run (.*?)\r?$/m.exec(
        read(lesson, `${program}.ts`),
      ) ?? [];
      assert(page.includes(run), `The page lacks "${run}"`);
    }
  });

  for (const program of listPrograms(lesson)) {
    const file = `${program}.ts`;
    Deno.test(`lesson ${number} has a header and few lines in ${file}`, () => {
      const text = read(lesson, file).replaceAll("\r\n", "\n");
      const path = pathOf(lesson, file).replaceAll(".", "\\.");
      assertMatch(
        text,
        new RegExp(
          "^/\\*\\*\n" +
            " \\* @title .+\n" +
            " \\* @difficulty (beginner|intermediate|advanced)\n" +
            " \\* @tags .+\n" +
            ` \\* @run deno run (--[\\w-]+(=\\S+)? )+${path}( .+)?\n` +
            " \\*\n" +
            "( \\* .+\n)+ \\*/\n",
        ),
      );
      assert(!text.includes("--allow-all") && !text.includes("@std/"));
      const lines = text.trimEnd().split("\n").length;
      assert(lines <= MOST_LINES, `${lines} lines, at most ${MOST_LINES}`);
    });
  }
}

Deno.test("lessons run from another folder with the project's configuration", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const project = new URL("../../", import.meta.url).href;
    const text = await Deno.readTextFile(
      new URL("../../lessons/13_gate_service/command.ts", import.meta.url),
    );
    await Deno.writeTextFile(
      `${folder}/command.ts`,
      text.replace("../../lib/mod.ts", `${project}lib/mod.ts`),
    );
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        `--config=${fileURLToPath(`${project}deno.json`)}`,
        "--allow-env",
        "--allow-net",
        "command.ts",
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const errors = new TextDecoder().decode(stderr);
    assertEquals(errors, "Command is missing: open, close or alarm\n");
    assertEquals(code, 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("README.md lists every lesson", async () => {
  const page = await Deno.readTextFile(
    new URL("../../README.md", import.meta.url),
  );
  const rows = Array.from(
    page.matchAll(
      /^\| \[(\d\d)\]\((lessons\/.+?)\) *\| (.*?) *\| (.*?) *\| (.*?) *\|/gm,
    ),
    ([, ...cells]) => cells,
  );
  assertEquals(
    rows,
    listLessons().map((lesson) => [
      lesson.number,
      pathOf(lesson, "README.md"),
      lesson.title,
      lesson.difficulty,
      lesson.documents.join(", "),
    ]),
  );
});
