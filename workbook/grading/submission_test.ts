import { assertEquals, assertThrows } from "@std/assert";
import { exerciseFile, listExercises } from "../_exercises.ts";
import { UsageError } from "../_program.ts";
import type { Exercise } from "../checking/requirement.ts";
import {
  findExercises,
  listSubmissions,
  readCommandWork,
  readWork,
} from "./submission.ts";

const [presence] = await listExercises() as [Exercise];

/** A folder with these files, by their paths in it. */
async function makeFolder(files: Record<string, string>) {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  for (const [path, text] of Object.entries(files)) {
    const file = `${folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  return {
    folder,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

Deno.test("listSubmissions() names each folder, and those in a folder in order", async () => {
  await using parent = await makeFolder({
    "class/group 10/x": "",
    "class/group 9/x": "",
    "class/.git/x": "",
    "class/notes.txt": "",
    "other/group 9/x": "",
  });
  const { folder } = parent;
  assertEquals(
    listSubmissions([`${folder}/other/group 9`, `${folder}/other/group 9/`], [
      `${folder}/class`,
    ]),
    [
      { name: `${folder}/other/group 9`, folder: `${folder}/other/group 9` },
      { name: `${folder}/class/group 9`, folder: `${folder}/class/group 9` },
      { name: "group 10", folder: `${folder}/class/group 10` },
    ],
  );
});

Deno.test("listSubmissions() refuses what isn't there", async () => {
  await using parent = await makeFolder({ "a/x": "" });
  assertThrows(() => listSubmissions(["/no/such"], []), UsageError, "/no/such");
  assertThrows(() => listSubmissions([""], []), UsageError);
  assertThrows(
    () => listSubmissions([], [`${parent.folder}/a`]),
    UsageError,
    "no submissions",
  );
});

Deno.test("findExercises() finds the exercises where students leave them", async () => {
  const cases = {
    "exercises/01_presence/main.ts": "/exercises",
    "01_presence/main.ts": "",
    "mqtt-main/exercises/01_presence/main.ts": "/mqtt-main/exercises",
    "a/b/01_presence/main.ts": "/a/b",
    "main.ts": undefined,
  };
  for (const [path, expected] of Object.entries(cases)) {
    await using made = await makeFolder({ [path]: "" });
    const { folder } = made;
    const found = findExercises({ name: "x", folder }, [presence]);
    assertEquals(
      found,
      expected === undefined ? undefined : folder + expected,
    );
  }
});

Deno.test("readWork() tells work from a stub, whatever ends its lines", async () => {
  const stub = await Deno.readTextFile(
    exerciseFile(presence, "stub", "main.ts"),
  );
  await using made = await makeFolder({
    "a/01_presence/main.ts": stub.replaceAll("\n", "\r\n") + "\r\n",
    "b/01_presence/main.ts": `${stub}// more`,
    "b/01_presence/print.ts": "",
    "b/01_presence/words.json": "{}",
    "b/01_presence/check.ts": "",
    "b/01_presence/check_test.ts": "",
    "b/01_presence/notes.txt": "",
    "c/01_presence/other.ts": stub,
    "d/01_presence/main.ts": "x".repeat(1_000_001),
    "e/01_presence/main.ts/x": "",
    ...Object.fromEntries(
      Array.from({ length: 51 }, (_, index) => [
        `f/01_presence/${index === 0 ? "main" : index}.ts`,
        "",
      ]),
    ),
  });
  const { folder } = made;
  const work = (name: string) =>
    readWork({ name, folder }, `${folder}/${name}`, presence);
  assertEquals(await work("a"), { state: "not started", note: "as it was" });
  assertEquals(await work("b"), {
    state: "started",
    files: {
      "main.ts": `${folder}/b/01_presence/main.ts`,
      "print.ts": `${folder}/b/01_presence/print.ts`,
      "words.json": `${folder}/b/01_presence/words.json`,
    },
  });
  assertEquals(await work("c"), { state: "not started", note: "missing" });
  assertEquals(await work("d"), {
    state: "refused",
    note: "main.ts has more than 1000000 bytes",
  });
  assertEquals(await work("e"), {
    state: "refused",
    note: "main.ts is not a file",
  });
  assertEquals(await work("f"), {
    state: "refused",
    note: "it has more than 50 files",
  });
});

Deno.test({
  name: "readWork() refuses links that leave the submission",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using made = await makeFolder({
      "secret/01_presence/main.ts": "secret",
      "a/01_presence/x": "",
      "a/own.ts": "own",
      "b/x": "",
      "c/01_presence/x": "",
    });
    const { folder } = made;
    const secret = `${folder}/secret/01_presence`;
    const outside = {
      state: "refused" as const,
      note: "main.ts is a link to outside of the submission",
    };
    const work = (name: string) =>
      readWork(
        { name, folder: `${folder}/${name}` },
        `${folder}/${name}`,
        presence,
      );
    await Deno.symlink(`${secret}/main.ts`, `${folder}/a/01_presence/main.ts`);
    assertEquals(await work("a"), outside);
    await Deno.symlink(secret, `${folder}/b/01_presence`);
    assertEquals(await work("b"), outside);
    await Deno.symlink("/dev/zero", `${folder}/c/01_presence/main.ts`);
    assertEquals(await work("c"), outside);
    await Deno.remove(`${folder}/a/01_presence/main.ts`);
    await Deno.symlink("../own.ts", `${folder}/a/01_presence/main.ts`);
    assertEquals((await work("a")).state, "started");
  },
});

Deno.test("readCommandWork() sees files from the exercise's folder", async () => {
  await using made = await makeFolder({ "l'eau/01_presence/main.py": "" });
  const folder = `${made.folder}/l'eau`;
  const command = readCommandWork(folder, presence, "python3 {program}.py");
  const path = `${folder}/01_presence/{program}.py`;
  const expected = Deno.build.os === "windows"
    ? ["python3", path]
    : ["sh", "-c", `exec python3 '${path.replace("'", `'\\''`)}' "$@"`, "sh"];
  assertEquals(command, expected);
  assertEquals(
    readCommandWork(folder, presence, "python3 other.py"),
    undefined,
  );
});
