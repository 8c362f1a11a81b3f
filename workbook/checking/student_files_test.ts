import { assertEquals, assertThrows } from "@std/assert";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { type Files, readStudentFiles, RefusedError } from "./student_files.ts";

/** An exercise's folder, in a folder of its own. */
async function exerciseFolder() {
  const temporary = await temporaryFolder();
  const root = await Deno.realPath(temporary.path);
  const folder = `${root}/exercise`;
  await Deno.mkdir(folder);
  return {
    root,
    folder,
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}

/** What is read, as texts. */
function texts(files: Files): Record<string, string> {
  const decoder = new TextDecoder();
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, decoder.decode(bytes)]),
  );
}

/** Why nothing is read. */
const refusal = (folder: string) =>
  assertThrows(() => readStudentFiles(folder), RefusedError).message;

const notOnWindows = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, fn, ignore: Deno.build.os === "windows" });

Deno.test("readStudentFiles() reads the student's modules, and nothing if there is no folder", async () => {
  await using made = await exerciseFolder();
  const { folder } = made;
  for (const name of ["main.ts", "b.json", "check.ts", "a_test.ts", "x.md"]) {
    await Deno.writeTextFile(`${folder}/${name}`, `${name} é`);
  }
  assertEquals(texts(readStudentFiles(folder)), {
    "b.json": "b.json é",
    "main.ts": "main.ts é",
  });
  assertEquals(readStudentFiles(`${folder}/none`), {});
});

Deno.test("readStudentFiles() refuses too many files, too large ones, and folders", async () => {
  await using made = await exerciseFolder();
  const { folder } = made;
  await Deno.writeTextFile(`${folder}/a.ts`, "x".repeat(500_000));
  await Deno.writeTextFile(`${folder}/b.ts`, "x".repeat(500_000));
  assertEquals(Object.keys(readStudentFiles(folder)), ["a.ts", "b.ts"]);
  await Deno.writeTextFile(`${folder}/c.ts`, "x");
  assertEquals(refusal(folder), "it has more than 1000000 bytes");
  for (let number = 0; number < 50; number++) {
    await Deno.writeTextFile(`${folder}/${number}.ts`, "");
  }
  assertEquals(refusal(folder), "it has more than 50 files");
  await Deno.mkdir(`${folder}/other/main.ts`, { recursive: true });
  assertEquals(refusal(`${folder}/other`), "main.ts is not a file");
});

notOnWindows(
  "readStudentFiles() refuses links of all kinds, pipes and devices",
  async () => {
    await using made = await exerciseFolder();
    const { root, folder } = made;
    const secret = `${root}/secret`;
    await Deno.mkdir(secret);
    await Deno.writeTextFile(`${secret}/main.ts`, "secret");
    const isLink = "main.ts is a link, or lies behind one";
    const main = `${folder}/main.ts`;
    const ways: Record<string, [() => Promise<unknown>, string]> = {
      "a link": [() => Deno.symlink(`${secret}/main.ts`, main), isLink],
      "a hard link": [() => Deno.link(`${secret}/main.ts`, main), isLink],
      "a link to nothing": [
        () => Deno.symlink("nothing", main),
        "main.ts can't be read",
      ],
      "a device": [
        () => Deno.symlink("/dev/zero", main),
        "main.ts is not a file",
      ],
      "a pipe": [
        () => new Deno.Command("mkfifo", { args: [main] }).output(),
        "main.ts is not a file",
      ],
    };
    for (const [what, [make, reason]] of Object.entries(ways)) {
      await make();
      assertEquals(refusal(folder), reason, what);
      await Deno.remove(main);
    }
    await Deno.symlink(secret, `${root}/link`);
    assertEquals(refusal(`${root}/link`), isLink);
  },
);

/** Longer than to be swapped in often enough, in milliseconds. */
const DEADLINE = 30_000;

/** Swaps a name for a link and back, as fast as it can, until it is ended. */
const SWAP = `
  const [own, link, place] = Deno.args;
  console.log("ready");
  for (;;) {
    Deno.renameSync(place, own);
    Deno.renameSync(link, place);
    Deno.renameSync(place, link);
    Deno.renameSync(own, place);
  }`;

for (const what of ["main.ts", "exercise"]) {
  notOnWindows(
    `readStudentFiles() never reads through a link that is swapped in for ${what}`,
    async () => {
      await using made = await exerciseFolder();
      const { root, folder } = made;
      await Deno.mkdir(`${root}/secret`);
      await Deno.writeTextFile(`${root}/secret/main.ts`, "secret");
      await Deno.writeTextFile(`${folder}/main.ts`, "own");
      const isFile = what === "main.ts";
      await Deno.symlink(
        isFile ? `${root}/secret/main.ts` : `${root}/secret`,
        `${root}/link`,
      );
      const place = isFile ? `${folder}/main.ts` : folder;
      await using swapper = new Deno.Command(Deno.execPath(), {
        args: ["eval", SWAP, `${root}/own`, `${root}/link`, place],
        stdout: "piped",
      }).spawn();
      const output = swapper.stdout.getReader();
      await output.read();
      let refused = 0;
      const end = performance.now() + DEADLINE;
      while (refused < 1000 && performance.now() < end) {
        try {
          const { "main.ts": bytes } = readStudentFiles(folder);
          if (bytes === undefined) continue; // Between two names
          assertEquals(new TextDecoder().decode(bytes), "own");
        } catch (error) {
          if (!(error instanceof RefusedError)) throw error;
          refused++;
        }
      }
      swapper.kill("SIGKILL");
      await output.cancel();
      assertEquals(refused, 1000);
    },
  );
}
