import { assertEquals, assertThrows } from "@std/assert";
import { exerciseFile, listExercises } from "../exercises/exercises.ts";
import { UsageError } from "../options/program.ts";
import type { Exercise } from "../checking/requirement.ts";
import {
  findExercises,
  listSubmissions,
  readCommandWork,
  readWork,
} from "./submission.ts";

const [presence] = await listExercises() as [Exercise];

const encode = (text: string) => new TextEncoder().encode(text);

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
    "b/01_presence/print.ts": "// print",
    "b/01_presence/words.json": "{}",
    "b/01_presence/check.ts": "",
    "b/01_presence/check_test.ts": "",
    "b/01_presence/notes.txt": "",
    "c/01_presence/other.ts": stub,
    "d/01_presence/main.ts/x": "",
  });
  const { folder } = made;
  const work = (name: string) => readWork(`${folder}/${name}`, presence);
  assertEquals(await work("a"), { state: "not started", note: "as it was" });
  assertEquals(await work("b"), {
    state: "started",
    files: {
      "main.ts": encode(`${stub}// more`),
      "print.ts": encode("// print"),
      "words.json": encode("{}"),
    },
  });
  assertEquals(await work("c"), { state: "not started", note: "missing" });
  assertEquals(await work("d"), {
    state: "refused",
    note: "main.ts is not a file",
  });
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
