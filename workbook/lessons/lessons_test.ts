import { assert, assertEquals, assertMatch } from "@std/assert";
import { startProcess } from "../../testing/processes.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { inProject } from "../launcher/modules.ts";
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
  await using folder = await temporaryFolder();
  const project = new URL("../../", import.meta.url).href;
  const text = await Deno.readTextFile(
    inProject("lessons/13_gate_service/command.ts"),
  );
  await Deno.writeTextFile(
    `${folder.path}/command.ts`,
    text.replace("../../lib/mod.ts", `${project}lib/mod.ts`),
  );
  const config = `--config=${inProject("deno.json")}`;
  await using program = startProcess(
    Deno.execPath(),
    ["run", config, "--allow-env", "--allow-net", "command.ts"],
    { NO_COLOR: "1" },
    folder.path,
  );
  const { code, stderr } = await program.end();
  assertEquals(stderr, "Command is missing: open, close or alarm\n");
  assertEquals(code, 2);
});

Deno.test("README.md lists every lesson", async () => {
  const page = await Deno.readTextFile(inProject("README.md"));
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
