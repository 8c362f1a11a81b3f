import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { listLessons } from "../lessons/lessons.ts";
import { COMMANDS } from "./commands.ts";
import { quickTests, readModules } from "./modules.ts";

/** What a command runs Deno with, subcommand first. */
function runs(name: string, ...args: string[]): string[][] {
  const steps = COMMANDS[name]?.steps(args) ?? [];
  return steps.map((step) => [step.subcommand, ...step.args]);
}

/** What needs nothing of `@std`, and the same permissions whatever its arguments. */
const DIRECT = ["start", "sensors", "record", "pub", "sub"];

/** What the task of a command without the launcher says: its run, in short. */
function directRun(name: string): string {
  const [, noPrompt, ...rest] = runs(name)[0]!;
  const module = rest.pop();
  const letters = rest.map((flag) => flag.charAt("--allow-".length));
  return `${noPrompt} -${letters.join("").toUpperCase()} ${
    module?.replace(/.*(?=workbook\/commands\/)/, "")
  }`;
}

Deno.test("tasks of deno.json run the launcher, or what it would run", () => {
  for (const [name, { command }] of Object.entries(config.tasks)) {
    assertEquals(
      command,
      DIRECT.includes(name)
        ? `deno run --lock=deno.lock --frozen ${directRun(name)}`
        : `deno run --cached-only -ERNW --allow-run workbook/main.ts ${name}`,
    );
  }
});

Deno.test("each lesson and each program of commands/ has a task in deno.json", () => {
  const lessons = Object.entries(config.tasks)
    .filter(([name]) => name.startsWith("lesson:"))
    .map(([, { description }]) => description);
  assertEquals(
    lessons,
    listLessons().map(({ number, title }) => `Lesson ${number}: ${title}`),
  );
  const programs = Array.from(
    Deno.readDirSync(new URL("../commands/", import.meta.url)),
    ({ name }) => name.replace(/\.ts$/, ""),
  ).filter((name) => !name.endsWith("_test"));
  const ran = Object.keys(COMMANDS).map((name) =>
    /commands\/(\w+)\.ts/.exec(runs(name).flat().join())?.[1]
  );
  assertEquals(programs.filter((name) => !ran.includes(name)), []);
});

Deno.test("COMMANDS.broker may write the folder of its store alone", () => {
  const writes = (...args: string[]) =>
    runs("broker", ...args)[0]!.filter((flag) => /^--allow-write/.test(flag));
  assertEquals(writes("--port", "0"), []);
  assertEquals(writes("--store", "a=b"), ["--allow-write=a=b"]);
  assertEquals(writes("--store=a=b", "--port", "0"), ["--allow-write=a=b"]);
  assertEquals(writes("--store", "a,b"), ["--allow-write"]);
  assertEquals(writes("--store"), []);
});

Deno.test("COMMANDS.report may read its files, and write its page, alone", () => {
  const flags = (...args: string[]) =>
    runs("report", ...args)[0]!.filter((flag) => /^--allow-/.test(flag));
  assertEquals(flags(), []);
  assertEquals(flags("-", "--help"), []);
  assertEquals(flags("a.csv", "-t", "x", "b.csv", "--topic", "y", "--json"), [
    "--allow-read=a.csv",
    "--allow-read=b.csv",
  ]);
  const page = [
    ...["a.csv", "p.html", "p.html.part"].map((file) => `--allow-read=${file}`),
    ...["p.html", "p.html.part"].map((file) => `--allow-write=${file}`),
  ];
  assertEquals(flags("a.csv", "--html", "p.html", "--force"), page);
  assertEquals(flags("--html=p.html", "a.csv"), page);
  assertEquals(flags("a,b.csv", "--html", "p.html"), [
    "--allow-read",
    ...page.slice(-2),
  ]);
});

Deno.test("COMMANDS keeps checks from changing the student's work", () => {
  for (const name of ["check", "watch", "grade"]) {
    const denied = runs(name)[0]!.filter((flag) => flag.startsWith("--deny"));
    assertEquals(
      denied.map((flag) => flag.replaceAll(/=.*[/\\]/g, "=/")),
      ["--deny-write=/exercises"],
    );
  }
});

Deno.test("COMMANDS.test runs the files that are named, or all and the longest first", () => {
  const modules = readModules();
  const all = [
    "README.md",
    "lib",
    "workbook",
    "lessons",
    "exercises",
    "checks",
    "testing",
    "bench",
  ];
  const test = ["test", "--allow-all", "--doc"];
  const together = [...test, "--parallel"];
  const [run = []] = runs("test");
  const longest = run.slice(together.length, -all.length);
  assertEquals(run, [...together, ...longest, ...all]);
  for (const file of longest) assert(modules.has(file), `${file} is missing`);
  assertEquals(runs("test", "lib/x_test.ts"), [[...test, "lib/x_test.ts"]]);
  assertEquals(
    runs("test", "--filter", "lib", "--fail-fast"),
    [[...together, "--filter", "lib", "--fail-fast", ...longest, ...all]],
  );
  assertEquals(runs("test", "--quick"), [[...together, ...quickTests()]]);
});
