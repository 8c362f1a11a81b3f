import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { within } from "../../testing/deadline.ts";
import { copyExercises, WORK } from "../../testing/project/exercises.ts";
import { test } from "../../testing/test_programs.ts";
import { inProject } from "../launcher/modules.ts";

const PROGRESS = ".workbook/progress.json";

test.exercise("check passes a solution, and notes it, and writes nothing else", async (project) => {
  await project.solve();
  const before = await project.files();
  const { code, output } = await project.task("check", "01", "--seed", "7");
  assertEquals(code, 0, output);
  assertStringIncludes(
    output,
    "Exercise 01: Presence (seed 7)\n\nRequired\n  ✓ ",
  );
  assertStringIncludes(output, "\nRequired: 3 of 3 passed\n");

  const after = await project.files();
  assert(after.delete(`${project.folder}/${PROGRESS}`));
  assertEquals(after, before);
  const { solved } = JSON.parse(await project.read(PROGRESS));
  assertEquals(solved, ["01_presence"]);
  const list = await project.task("exercises");
  assertEquals(list.output, "solved       01  presence  30 min  Presence\n");
});

test.exercise("check says of a failure what was asked, expected and seen, and where the hint is", async (project) => {
  await project.write(
    WORK,
    'import { brokerUrl, connect } from "../../lib/mod.ts";\n' +
      "await connect(brokerUrl());\n" +
      'console.log("\\x1b[2J" + "Reçu: 10.0.0.1 connecté");',
  );
  const { code, output } = await project.task("check", "presence");
  assertEquals(code, 1);
  const report = output.slice(output.indexOf("\n\n✗ The program publishes"));
  const parts = [
    '✗ The program publishes "10.10.10.X connecté"',
    "Expected: a message on exercice1",
    "Seen: The program still runs",
    "    \\x1b[2JReçu: 10.0.0.1 connecté",
    "Hint 1 may help: deno task hint 01 1",
    "\nRequired: ",
    "\nExtra: ",
  ];
  const places = parts.map((part) => report.indexOf(part));
  assert(!places.includes(-1), output);
  assertEquals(places, places.toSorted((one, other) => one - other));
  // What it looks like stands at the top, and nowhere else.
  assertEquals(output.includes("It looks like this"), false, output);
});

test.exercise("check without a name lists what isn't started, runs the rest, and notes what is no longer solved", async (project) => {
  const untouched = await project.task("check");
  assertEquals({ code: untouched.code, output: untouched.output }, {
    code: 0,
    output: "Exercise 01: Presence: not started\n" +
      "Solved: 0 of 0 started, 1 in all\n",
  });
  await project.write(PROGRESS, '{ "solved": ["01_presence", "02_button"] }');
  await project.write(WORK, "// Nothing");
  const started = await project.task("check");
  assertEquals(started.code, 1);
  assertStringIncludes(
    started.output,
    "\n✗ The program ended at once, before it connected to the broker: nothing " +
      "in it waits\n    (It printed nothing, and ended with exit code 0)\n\n" +
      "Nothing could be checked: 3 required, 1 extra\n",
  );
  assertStringIncludes(started.output, "\nSolved: 0 of 1 started, 1 in all\n");
  const { solved } = JSON.parse(await project.read(PROGRESS));
  assertEquals(solved, ["02_button"], "what is no longer solved isn't noted");
});

test.exercise("check says of a program that Deno can't read that it doesn't start", async (project) => {
  await project.write(WORK, "import { x");
  const { code, output } = await project.task("check", "01");
  assertEquals(code, 1);
  assertEquals(output.split("\n").slice(2, -2), [
    "✗ main.ts can't be read, from line 1 on: a bracket, a comma or a quote " +
    "may be missing just before",
    "    error: SyntaxError: Expected ',', got '<eof>'",
    "    1 | import { x",
    "      |           ~",
    "        at main.ts:1",
    "",
    "Nothing could be checked: 3 required, 1 extra",
  ]);
});

test.exercise("check runs nothing that imports files from elsewhere, and goes on", async (project) => {
  await project.write(PROGRESS, '{ "solved": ["01_presence"] }');
  await project.write(
    WORK,
    'import text from "file:///etc/passwd" with { type: "text" };' +
      "console.log(text);",
  );
  for (const args of [["01"], []]) {
    const { code, output } = await project.task("check", ...args);
    assertEquals(code, 1);
    assertStringIncludes(
      output,
      '\nNot run: it imports "file:///etc/passwd", which is neither its own',
    );
    assert(!output.includes("root:"));
  }
  const { solved } = JSON.parse(await project.read(PROGRESS));
  assertEquals(solved, []);
});

Deno.test("check takes any path, modules beside the program, what Windows writes, and a place where no progress can be noted", async () => {
  await using project = await copyExercises("Müller, Ann ");
  const solution = await project.read("solutions/01_presence/main.ts");
  const folder = WORK.slice(0, WORK.lastIndexOf("/"));
  await project.write(`${folder}/words.json`, "{}");
  await project.write(
    `${folder}/checked_presence.ts`,
    `\ufeffDeno.readTextFileSync("words.json");\n${solution}`
      .replaceAll("\n", "\r\n"),
  );
  await project.write(WORK, '\ufeffimport "./checked_presence.ts";\r\n');
  await project.write(".workbook", "A file where the folder should be");
  const { code, output, errors } = await project.run(
    ["task", "--quiet", "check", "01"],
    { variables: { WORKBOOK_STD: "npm", TMPDIR: project.folder } },
  );
  assertEquals(code, 0, output + errors);
  assertStringIncludes(errors, "Progress of exercise 01 isn't noted: ");
});

test.exercise("check --command runs any program, on the files of the user's folder", async (project) => {
  const solution = await project.read("solutions/01_presence/main.ts");
  const folder = `${project.folder}/lessons`;
  await project.write(
    "lessons/my main.ts",
    solution.replaceAll('"../../lib', '"../lib'),
  );
  const deno = `"${Deno.execPath()}" run --no-lock --allow-all ` +
    `"--config=${inProject("deno.json")}"`;
  const { code, output, errors } = await project.run(
    ["task", "check", "01", "--command", `${deno} "my {program}.ts"`],
    { variables: { INIT_CWD: folder, WORKBOOK_STD: "npm" } },
  );
  assertEquals(code, 0, output + errors);
  assertStringIncludes(errors, "This program isn't confined");
  // Ctrl-C reaches the program, not only the shell.
  if (Deno.build.os !== "windows") {
    assertStringIncludes(output, "Extra: 1 of 1 passed");
  }
});

test.exercise("check says how to get a file back that is missing", async (project) => {
  await Deno.remove(`${project.folder}/${WORK}`);
  const { code, errors } = await project.task("check", "01");
  assertEquals({ code, errors }, {
    code: 1,
    errors: `"${WORK}" is missing: "deno task reset 01" puts it back\n`,
  });
});

test.unix("check ends all that it has started when it is stopped", async () => {
  await using project = await copyExercises();
  // It says when it runs and, by its broken connection, when it has ended.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const program = `${project.folder}/stays.ts`;
  await Deno.writeTextFile(
    program,
    `await Deno.connect({ port: ${listener.addr.port} });
     Deno.addSignalListener("SIGTERM", () => {});
     setInterval(() => {}, 1000);`,
  );
  const flags = ["--cached-only", "-ERNW", "--allow-run"];
  const command = `"${Deno.execPath()}" run --allow-all "${program}"`;
  await using check = project.start(
    [
      "run",
      ...flags,
      "workbook/main.ts",
      "check",
      "01",
      "--command",
      command,
    ],
    { variables: { WORKBOOK_STD: "npm" } },
  );
  using connection = await within("the program", listener.accept());
  const { code } = await check.stop();
  assertEquals(code, 130);
  const bytes = connection.read(new Uint8Array(1)).catch(() => null);
  assertEquals(await within("the program's end", bytes), null);
});
