import { assertEquals } from "@std/assert";

const EXERCISES = new URL("../exercises/", import.meta.url);

Deno.test("README.md lists every exercise", async () => {
  const page = await Deno.readTextFile(new URL("../README.md", EXERCISES));
  const rows = Array.from(
    page.matchAll(
      /^\| \[\d\d\]\(exercises\/(.+?)\/README.md\) *\| (.*?) *\|/gm,
    ),
    ([, name, title]) => `${name}: ${title}`,
  );
  const exercises: string[] = [];
  for await (const { name } of Deno.readDir(EXERCISES)) {
    if (!/^\d\d_/.test(name)) continue;
    const task = await Deno.readTextFile(
      new URL(`${name}/README.md`, EXERCISES),
    );
    const [, title] = /^# Exercise \d\d: (.*?)\r?\n/.exec(task) ?? [];
    exercises.push(`${name}: ${title}`);
  }
  assertEquals(rows, exercises.sort());
});
