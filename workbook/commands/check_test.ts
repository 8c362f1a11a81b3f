import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import { within } from "../../testing/deadline.ts";
import { copyExercises, WORK } from "../../testing/project/exercises.ts";
import { test } from "../../testing/test_programs.ts";

const PROGRESS = ".workbook/progress.json";
const isWindows = Deno.build.os === "windows";

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
  assertEquals(list.output, "solved       01  presence  Presence\n");
});

test.exercise("check says of a failure what was asked, expected and seen, and where the hint is", async (project) => {
  await project.write(
    WORK,
    'console.log("\\x1b[2J" + "Reçu: 10.0.0.1 connecté");',
  );
  const { code, output } = await project.task("check", "presence");
  assertEquals(code, 1);
  const report = output.slice(output.indexOf("\n\n✗ The program publishes"));
  const parts = [
    '✗ The program publishes "10.10.10.X connecté"',
    "Expected: a message on exercice1",
    "Seen: The program ended with exit code 0",
    "    \\x1b[2JReçu: 10.0.0.1 connecté",
    "It looks like this: It never connected",
    "Hint 1 may help: deno task hint 01",
    "\nRequired: ",
    "\nExtra: ",
  ];
  const places = parts.map((part) => report.indexOf(part));
  assert(!places.includes(-1), output);
  assertEquals(places, places.toSorted((one, other) => one - other));
});

test.exercise("check notes that an exercise is no longer solved", async (project) => {
  await project.write(PROGRESS, '{ "solved": ["01_presence", "02_button"] }');
  await project.write(WORK, "// Broken");
  assertEquals((await project.task("check", "1")).code, 1);
  const { solved } = JSON.parse(await project.read(PROGRESS));
  assertEquals(solved, ["02_button"]);
});

test.exercise("check without a name lists what isn't started, and runs the rest", async (project) => {
  const untouched = await project.task("check");
  assertEquals({ code: untouched.code, output: untouched.output }, {
    code: 0,
    output: "Exercise 01: Presence: not started\n" +
      "Solved: 0 of 0 started, 1 in all\n",
  });
  await project.write(WORK, "// Nothing");
  const started = await project.task("check");
  assertEquals(started.code, 1);
  assertStringIncludes(started.output, "\nRequired: 0 of 3 passed\n");
  assertStringIncludes(
    started.output,
    "\nSolved: 0 of 1 started, 1 in all\n",
  );
});

test.exercise("check says of a program that Deno can't read that it doesn't start", async (project) => {
  await project.write(WORK, "import { x");
  const { code, output } = await project.task("check", "01");
  assertEquals(code, 1);
  assertStringIncludes(output, "error: SyntaxError: Expected ','");
  assertStringIncludes(output, "It looks like this: It doesn't start: Deno");
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

Deno.test({
  name: "check ends a program that takes too much memory",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    await using project = await copyExercises();
    await project.write(
      WORK,
      `const all = [];
       while (all.length < 400) all.push(new Uint8Array(1e6).fill(1));
       console.log("Reçu: it holds", all.length, "MB");
       setInterval(() => {}, 1000);`,
    );
    const { code, output } = await project.task("check", "01");
    assertEquals(code, 1);
    assertMatch(
      output,
      /Array buffer allocation failed|JavaScript out of memory/,
    );
    assert(!output.includes("it holds"));
  },
});

test.exercise("check says of a program that doesn't log in where the login is", async (project) => {
  await project.write(
    WORK,
    `import { connect } from "../../lib/mod.ts";
     await connect(new URL(Deno.env.get("MQTT_URL")!).host);`,
  );
  const { code, output } = await project.task("check", "01");
  assertEquals(code, 1);
  assertStringIncludes(
    output,
    "It connects without the user and the password",
  );
});

test.exercise("check knows the student's modules beside the program", async (project) => {
  const solution = await project.read("solutions/01_presence/main.ts");
  const folder = WORK.slice(0, WORK.lastIndexOf("/"));
  await project.write(`${folder}/checked_presence.ts`, solution);
  await project.write(WORK, 'import "./checked_presence.ts";');
  const { code, output } = await project.task("check", "01");
  assertEquals(code, 0, output);
});

Deno.test("check takes any path, also for what is temporary, and a program as Windows writes it", async () => {
  await using project = await copyExercises("Müller, Ann ");
  const solution = await project.read("solutions/01_presence/main.ts");
  const folder = WORK.slice(0, WORK.lastIndexOf("/"));
  await project.write(`${folder}/words.json`, "{}");
  await project.write(
    WORK,
    `\ufeffDeno.readTextFileSync("words.json");\n${solution}`
      .replaceAll("\n", "\r\n"),
  );
  const { code, output, errors } = await project.run(
    ["task", "--quiet", "check", "01"],
    { variables: { WORKBOOK_STD: "npm", TMPDIR: project.folder } },
  );
  assertEquals(code, 0, output + errors);
});

test.exercise("check says that a module in another folder isn't there", async (project) => {
  const folder = WORK.slice(0, WORK.lastIndexOf("/"));
  await project.write(`${folder}/parts/presence.ts`, "");
  await project.write(WORK, 'import "./parts/presence.ts";');
  const { code, output } = await project.task("check", "01");
  assertEquals(code, 1);
  assertStringIncludes(output, "in no other folder");
});

test.exercise("check --command runs any program, on the files of the user's folder", async (project) => {
  const solution = await project.read("solutions/01_presence/main.ts");
  const folder = `${project.folder}/lessons`;
  const inProject = (path: string) =>
    fileURLToPath(new URL(`../../${path}`, import.meta.url));
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
  if (!isWindows) assertStringIncludes(output, "Extra: 1 of 1 passed");
});

test.exercise("check counts also where its progress can't be noted", async (project) => {
  await project.solve();
  await project.write(".workbook", "A file where the folder should be");
  const { code, errors } = await project.task("check", "01");
  assertEquals(code, 0);
  assertStringIncludes(errors, "Progress of exercise 01 isn't noted: ");
});

test.exercise("check says how to get a file back that is missing", async (project) => {
  await Deno.remove(`${project.folder}/${WORK}`);
  const { code, errors } = await project.task("check", "01");
  assertEquals({ code, errors }, {
    code: 1,
    errors: `"${WORK}" is missing: "deno task reset 01" puts it back\n`,
  });
});

Deno.test({
  name: `check ends all that it has started when it is stopped${
    isWindows ? " (Windows has no signals)" : ""
  }`,
  ignore: isWindows,
  fn: async () => {
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
  },
});
