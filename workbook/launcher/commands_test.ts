import { assert, assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { COMMANDS } from "./commands.ts";
import { quickTests, readModules } from "./modules.ts";

/** What a command runs Deno with, subcommand first. */
function runs(name: string, ...args: string[]): string[][] {
  const steps = COMMANDS[name]?.steps(args) ?? [];
  return steps.map((step) => [step.subcommand, ...step.args]);
}

/** What the task of a command without the launcher says: its run, in short. */
function directRun(name: string): string {
  const [, noPrompt, ...rest] = runs(name)[0]!;
  const module = rest.pop();
  const letters = rest.map((flag) => flag.charAt("--allow-".length));
  return `${noPrompt} -${letters.join("").toUpperCase()} ${
    module?.replace(/.*(?=workbook\/commands\/)/, "")
  }`;
}

Deno.test("COMMANDS has a task in deno.json for each, with its description", () => {
  const tasks = Object.entries(config.tasks);
  assertEquals(tasks.map(([name]) => name), Object.keys(COMMANDS));
  for (const [name, { description, command }] of tasks) {
    assertEquals(description, COMMANDS[name]?.description);
    assertEquals(
      command,
      COMMANDS[name]?.isDirect
        ? `deno run --lock=deno.lock --frozen ${directRun(name)}`
        : `deno run --cached-only -ERNW --allow-run workbook/main.ts ${name}`,
    );
  }
});

Deno.test("COMMANDS gives programs no more than they need", () => {
  const programs = ["start", "broker", "sensors", "record", "pub", "sub"];
  for (const name of programs) {
    const [run = []] = runs(name);
    assert(!run.includes("--allow-all") && !run.includes("--allow-run"));
    const writes = ["start", "record"].includes(name);
    assertEquals(run.includes("--allow-write"), writes, name);
  }
  assertEquals(
    runs("broker:passwd")[0]!.filter((flag) => flag.startsWith("--allow")),
    ["--allow-env=MQTT_PASSWORD", "--allow-read", "--allow-write"],
  );
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

Deno.test("COMMANDS gives broker:certificate no network", () => {
  const [run = []] = runs("broker:certificate");
  assertEquals(run.filter((flag) => flag.startsWith("--")), [
    "--no-prompt",
    "--allow-read",
    "--allow-write",
    "--allow-sys=hostname,networkInterfaces",
  ]);
});

Deno.test("COMMANDS lets the student's commands do no more than they need", () => {
  const flags = (name: string) =>
    runs(name)[0]!.filter((flag) => /^--(allow|deny)-/.test(flag))
      .map((flag) => flag.replaceAll(/=.*[/\\]/g, "=/"));
  for (const name of ["exercises", "hint", "solution"]) {
    assertEquals(flags(name), ["--allow-read=/"]);
  }
  assertEquals(flags("reset"), [
    "--allow-read=/",
    "--allow-write=/.workbook",
    "--allow-write=/exercises",
  ]);
  for (const name of ["check", "watch"]) {
    assert(flags(name).includes("--deny-write=/exercises"));
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
