import { dirname } from "node:path";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Process, startProcess } from "../../testing/processes.ts";
import {
  copyExercises,
  type ExerciseProject,
  WORK,
} from "../../testing/project/exercises.ts";
import { test } from "../../testing/test_programs.ts";

const THE_OTHER_SCREEN = "\x1b[?1049h";
const BACK = "\x1b[?1049l";
const TRYING_AGAIN = "Trying once more what failed …";
const FAILURE = "never connected to the broker";
const CHECKING = "Checking …";
const KEYS = "q:\u00a0quit";

/** A terminal of 80 columns that shows `deno task watch`. */
async function openWatch(
  project: ExerciseProject,
  ...args: string[]
): Promise<Process> {
  const [task = "", ...rest] = [
    Deno.execPath(),
    ...["run", "--cached-only", "-ERNW", "--allow-run", "workbook/main.ts"],
    ...["watch", ...args],
  ];
  const command = ["exec", task, ...rest].join(" ");
  const watch = startProcess(
    "script",
    ["-qec", `stty cols 80 rows 24; ${command}`, "/dev/null"],
    { WORKBOOK_STD: "npm", INIT_CWD: project.folder, SHELL: "/bin/sh" },
    project.folder,
  );
  await watch.untilPrinted(KEYS);
  return watch;
}

/** Copies the project with a second exercise, which asks for the same. */
async function copyTwo(): Promise<ExerciseProject> {
  const project = await copyExercises();
  const files = ["exercises/*/hints.md", "exercises/*/main.ts"]
    .concat("checks/*/check.ts", "checks/*/stub/main.ts");
  for (const file of files) {
    const text = await project.read(file.replace("*", "01_presence"));
    await project.write(
      file.replace("*", "02_second"),
      text.replace("01_presence", "02_second"),
    );
  }
  return project;
}

/** What each screen showed, in order, as it was printed. */
function frames(watch: Process): string[] {
  return watch.printed().split("\x1b[1;1H");
}

/** What the last screen shows, line by line. */
function screen(watch: Process): string[] {
  const frame = frames(watch).at(-1) ?? "";
  // deno-lint-ignore no-control-regex
  return frame.split(/\x1b\[\d+;1H/).map((line) =>
    // deno-lint-ignore no-control-regex
    line.replaceAll(/\x1b\[[?\d]*[a-zA-Z]/g, "")
  );
}

test.script("watch checks on save, and gives hints and exercises on keys", async () => {
  await using project = await copyTwo();
  await using watch = await openWatch(project);
  await watch.untilPrinted("Not started yet: edit it, and save.");
  assertEquals(screen(watch).slice(0, 3), [
    "Exercise 01: Presence",
    "[░░░░░░░░░░░░░░░░░░░░] 0 of 2 solved",
    WORK,
  ]);

  await watch.write("h");
  await watch.untilPrinted("Hint 1 of 3");
  await watch.write("h");
  await watch.untilPrinted("Hint 2 of 3");

  await project.solve();
  await watch.untilPrinted("Solved. n:");
  assertStringIncludes(screen(watch).join("\n"), "] 1 of 2 solved");
  assertEquals(screen(watch)[0], "Exercise 01: Presence");
  assertEquals(screen(watch).some((line) => line.startsWith("Hint")), false);

  // An arrow is no key of ours, though it ends with a letter.
  await watch.write("n\x1b[D");
  await watch.untilPrinted("Exercise 02: second");
  await watch.write("q");
  const { code, stdout } = await watch.end();
  assertEquals(code, 0);
  assertEquals(stdout.split(THE_OTHER_SCREEN).length, 2);
  assertStringIncludes(stdout.split(THE_OTHER_SCREEN)[1]!, BACK);
  const progress = await project.read(".workbook/progress.json");
  assertEquals(JSON.parse(progress), { solved: ["01_presence"] });
});

test.script("watch checks anew what is saved during a check", async () => {
  await using project = await copyTwo();
  // It never does what is asked for, which takes a check long to find out.
  await project.write(WORK, "setInterval(() => {}, 1000);");
  await using watch = await openWatch(project, "01");
  await watch.untilPrinted(TRYING_AGAIN);
  await project.solve();
  await watch.untilPrinted("Solved. n:");
  // Had the second try gone on, it would have been the last word.
  const lastWords = frames(watch).filter((text) =>
    text.includes(FAILURE) && !text.includes(TRYING_AGAIN) &&
    !text.includes(CHECKING)
  );
  assertEquals(lastWords, []);
  await watch.write("\x03");
  assertEquals((await watch.end()).code, 0);
});

test.script("watch tries once more what came too late", async () => {
  await using project = await copyTwo();
  const pause = "await new Promise((done) => setTimeout(done, 3000));\n";
  const solution = await project.read("solutions/01_presence/main.ts");
  await project.write(WORK, solution.replace("using stop", pause + "$&"));
  const progress = JSON.stringify({ solved: ["01_presence"] });
  await project.write(".workbook/progress.json", progress);
  await using watch = await openWatch(project, "01");
  await watch.untilPrinted(TRYING_AGAIN);
  const shown = screen(watch).join("\n");
  assertStringIncludes(shown, FAILURE);
  // Only the last try takes a success away.
  assertStringIncludes(shown, "] 1 of 2 solved");
  assertStringIncludes(shown, "Nothing could be checked");
  await watch.untilPrinted("Solved. n:");
  assertEquals(screen(watch).join().includes("never connected"), false);
  await watch.write("q");
  assertEquals((await watch.end()).code, 0);
});

test.script("watch begins with the first exercise that isn't solved", async () => {
  await using project = await copyTwo();
  await project.write(
    ".workbook/progress.json",
    '{ "solved": ["01_presence"] }',
  );
  await using watch = await openWatch(project);
  await watch.untilPrinted("Not started yet");
  assertEquals(screen(watch)[0], "Exercise 02: second");
  await watch.write("n"); // There is no next one
  await watch.write("p");
  await watch.untilPrinted("Exercise 01: Presence");
  await watch.write("\x04");
  assertEquals((await watch.end()).code, 0);
});

test.script("watch says how to get a folder back that is missing", async () => {
  await using project = await copyTwo();
  await Deno.remove(`${project.folder}/${dirname(WORK)}`, {
    recursive: true,
  });
  await using watch = await openWatch(project);
  await watch.untilPrinted('missing: "deno task reset 01" puts it back');
  await watch.write("n");
  await watch.untilPrinted("Exercise 02: second");
  await watch.write("q");
  assertEquals((await watch.end()).code, 0);
});

test.exercise("watch says that it needs a terminal", async (project) => {
  const { code, output, errors } = await project.task("watch");
  assertEquals({ code, output, errors }, {
    code: 2,
    output: "",
    errors: '"deno task watch" needs a terminal: without one, use ' +
      '"deno task check"\n',
  });
});
