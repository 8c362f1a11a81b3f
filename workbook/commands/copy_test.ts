import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import importMap from "../npm_std/import_map.json" with { type: "json" };
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { runCommand } from "../../testing/project/commands.ts";
import { copyExercises, WORK } from "../../testing/project/exercises.ts";
import { startProcess } from "../../testing/processes.ts";
import { temporaryFile } from "../../testing/temporary_file.ts";
import { callProgram } from "../options/program.ts";
import { program } from "./copy.ts";

const TEXT = (path: string) => Deno.readTextFile(path);

/** A folder with a blank and a comma in its name, which isn't there yet. */
async function makeFolder(): Promise<AsyncDisposable & { path: string }> {
  const { file, ...rest } = await temporaryFile("my work, mine");
  return { path: file, ...rest };
}

Deno.test("copy takes the student's own work, and the modules beside it", async () => {
  await using project = await copyExercises();
  await using folder = await makeFolder();
  await project.write(
    WORK,
    "/** It began as solutions/01_presence/main.ts did. */\n" +
      '// import "../../deno.json";\n' +
      "import { brokerUrl } from '../../lib/mod.ts';\n" +
      'import { WORD } from "./words.ts";\nconsole.log(WORD, brokerUrl());\n',
  );
  const words = WORK.replace("main", "words");
  await project.write(words, 'export const WORD = "mine";\n');
  const first = await project.task("copy", "exercise:01", folder.path);
  assertEquals(first.code, 0, first.errors);
  const run = ["run", "--cached-only", "--allow-env", "main.ts"];
  await using program = startProcess(Deno.execPath(), run, {
    MQTT_URL: "mqtt://x",
  }, folder.path);
  const { stdout, stderr } = await program.end();
  assertEquals(stdout, "mine mqtt://x\n", stderr);
  const page = await TEXT(`${folder.path}/README.md`);
  assertStringIncludes(page, "Presence");
  assertEquals(page.trim().split("\n").length, 10, page);

  const asked = await project.task("copy", "solution:01", folder.path);
  assertEquals(asked.code, 2);
  assertStringIncludes(asked.errors, "Exercise 01 isn't solved yet");
});

Deno.test("copy leaves out what a stub says of the workbook", async () => {
  await using project = await copyExercises();
  await using folder = await makeFolder();
  const stub = await project.read(WORK);
  assertStringIncludes(stub, "README.md is the task");
  await project.write(WORK, stub.replaceAll("\n", "\r\n"));
  const { code, errors } = await project.task(
    "copy",
    "exercise:01",
    folder.path,
  );
  assertEquals(code, 0, errors);
  const copied = await TEXT(`${folder.path}/main.ts`);
  assertMatch(copied, /^\/\*\*\r\n \* Exercise 01: .*\r\n \*\/\r\n/);
  assert(!copied.includes("deno task"), copied);
});

Deno.test("copy names the packages of a program that uses nothing of the toolkit", async () => {
  await using project = await copyExercises();
  await using folder = await makeFolder();
  await project.write(
    WORK,
    'import { parse } from "@std/csv/parse";\nimport mqtt from "mqtt";\n' +
      'import { stringify } from "@std/csv";\nconsole.log(parse, mqtt);\n',
  );
  const args = ["exercise:01", folder.path];
  const { code, output, errors } = await project.task("copy", ...args);
  assertEquals(code, 0, errors);
  assertStringIncludes(output, "README.md and lib\n");
  const { imports } = JSON.parse(await TEXT(`${folder.path}/deno.json`));
  assertEquals(imports, {
    "@std/csv": "./lib/npm_std/csv.ts",
    // Nothing stands in for a part of it.
    "@std/csv/parse": `${config.imports["@std/csv"]}/parse`,
    "csv-parse/sync": importMap.imports["csv-parse/sync"],
    "mqtt": importMap.imports.mqtt,
  });

  await project.write(WORK, "console.log(1);\n");
  const plain = await project.task("copy", ...args, "--force");
  assertStringIncludes(plain.output, "deno.lock, README.md\n");
});

Deno.test("copy says what is in the way, and changes nothing", async () => {
  await using folder = await makeFolder();
  await Deno.mkdir(folder.path);
  const file = `${folder.path}/file`;
  await Deno.writeTextFile(file, "");
  const path = `${folder.path}/new`;
  await Deno.mkdir(`${path}/greeting.ts`, { recursive: true });
  const cases: [folder: string, words: string][] = [
    [file, `"${file}" is a file: it must be a folder`],
    [`${file}/x`, `"${file}/x/`],
    [path, `"${path}/greeting.ts" is a folder: it must be a file`],
  ];
  for (const [folder, words] of cases) {
    const copy = () => callProgram(program, ["lesson:01", folder, "--force"]);
    await assertRejects(copy, Error, words);
  }
  assertEquals([...Deno.readDirSync(path)].length, 1);
});

Deno.test("copy overwrites nothing without --force", async () => {
  await using folder = await makeFolder();
  const args = ["lesson:01/greeting", folder.path];
  const first = await runCommand("copy", args);
  assertEquals({ code: first.code, stderr: first.stderr }, {
    code: 0,
    stderr: "",
  });
  const file = `${folder.path}/greeting.ts`;
  const copied = await TEXT(file);
  await Deno.writeTextFile(file, "// Mine");
  await Deno.remove(`${folder.path}/README.md`);
  const again = await runCommand("copy", args);
  assertEquals(again, {
    code: 1,
    stdout: "",
    stderr: `Folder "${folder.path}" has other files of these names: ` +
      "greeting.ts; --force overwrites them\n",
  });
  assertEquals(await TEXT(file), "// Mine");
  const missing = await Deno.stat(`${folder.path}/README.md`).catch(() => null);
  assertEquals(missing, null);
  const forced = await runCommand("copy", [...args, "--force"]);
  assertEquals(forced.code, 0, forced.stderr);
  assertEquals(await TEXT(file), copied);
});

Deno.test("copy --single makes one file that runs", async () => {
  await using folder = await makeFolder();
  const made = await runCommand("copy", [
    "lesson:01/greeting",
    folder.path,
    "--single",
  ]);
  assertEquals(made.code, 0, made.stderr);
  const files = Array.from(Deno.readDirSync(folder.path), ({ name }) => name);
  assertEquals(files, ["greeting.js"]);
  const text = await TEXT(`${folder.path}/greeting.js`);
  assert(!text.includes("WebSocketServer"), "The broker isn't left out");
  assertStringIncludes(text, "// greeting.js: the program\n");

  await using broker = await startBroker({ port: 0 });
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("#");
  const [, line = ""] = /^ \* Run: deno (.*)$/m.exec(text) ?? [];
  await using program = startProcess(Deno.execPath(), line.split(" "), {
    MQTT_URL: broker.url,
    MQTT_TRACE: "",
  }, folder.path);
  const { code, stderr } = await program.end();
  assertEquals(code, 0, stderr);
  const [message] = await subscriber.untilReceived(1);
  assertEquals(message?.text, "Hello world!");
});

Deno.test("copy --single says which programs run with Node, too", async () => {
  await using project = await copyExercises();
  await using folder = await makeFolder();
  const programs = {
    "console.log(3);": "main.mjs",
    'console.log(prompt("?"));': "main.js",
    'import { parse } from "@std/csv/parse";\nconsole.log(parse);': "main.js",
  };
  for (const [program, file] of Object.entries(programs)) {
    await project.write(WORK, `${program}\n`);
    const args = ["exercise:01", folder.path, "--single", "--force"];
    const { output, errors } = await project.task("copy", ...args);
    const text = await TEXT(`${folder.path}/${file}`);
    const [, run] = /^ \* Run: (.*)$/m.exec(text)!;
    const next = `Next: cd "${folder.path}", and ${run}`;
    assertEquals(output, `Wrote ${file}\n${next}\n`, errors);
    assertMatch(text, /^\/\*\*\n \* Exercise 01: /);
    assertEquals(text.includes("Node.js"), file === "main.mjs", text);
  }
});
