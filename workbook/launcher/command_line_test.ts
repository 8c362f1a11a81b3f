import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { readCommandLine } from "./command_line.ts";

const isWindows = Deno.build.os === "windows";

/** What a program gets as its arguments. */
async function argumentsOf(line: string, folder: string): Promise<string[]> {
  const [name = "", ...args] = readCommandLine(line, ["main"], [folder]);
  const { stdout } = await new Deno.Command(name, {
    args: [...args, "last one"],
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("readCommandLine() starts a program with the files of the user's folder", async () => {
  await using root = await temporaryFolder();
  const folder = `${root.path}/it's here`;
  await Deno.mkdir(folder);
  const file = (name: string) => `${folder}/${name}`.replaceAll("/", separator);
  await Deno.writeTextFile(
    file("my args.ts"),
    "console.log(JSON.stringify(Deno.args));",
  );
  await Deno.writeTextFile(file("a.txt"), "");
  const deno = `"${Deno.execPath()}" run --no-lock "my args.ts"`;
  assertEquals(await argumentsOf(`${deno} a.txt "b c" none.txt`, folder), [
    file("a.txt"),
    "b c",
    "none.txt",
    "last one",
  ]);
});

const separator = isWindows ? "\\" : "/";

Deno.test("readCommandLine() keeps the place of a program's name, in the first folder that has it", async () => {
  await using place = await temporaryFolder();
  const folder = place.path;
  await Deno.writeTextFile(`${folder}/publisher.py`, "");
  const line = "python3 {program}.py";
  const words = readCommandLine(line, ["publisher", "subscriber"], [
    `${folder}/none`,
    folder,
  ]);
  const file = `${folder}${separator}{program}.py`;
  assertEquals(
    words,
    isWindows
      ? ["python3", file]
      : ["sh", "-c", `exec python3 '${file}' "$@"`, "sh"],
  );
});

Deno.test("readCommandLine() looks for a bare command in PATH only", async () => {
  await using place = await temporaryFolder();
  const folder = place.path;
  await Deno.writeTextFile(`${folder}/chat`, "");
  const run = (line: string) => readCommandLine(line, ["main"], [folder]);
  const bare = run("chat").join(" ");
  assertEquals(bare.includes(folder), false);
  assertEquals(
    run("./chat").join(" ").includes(`${folder}${separator}chat`),
    true,
  );
});
