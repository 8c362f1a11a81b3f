import { assertEquals } from "@std/assert";
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
  const root = await Deno.realPath(await Deno.makeTempDir());
  const folder = `${root}/it's here`;
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
  await Deno.remove(root, { recursive: true });
});

const separator = isWindows ? "\\" : "/";

Deno.test("readCommandLine() keeps the place of a program's name, in the first folder that has it", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
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
  await Deno.remove(folder, { recursive: true });
});

Deno.test("readCommandLine() looks for a bare command in PATH only", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  await Deno.writeTextFile(`${folder}/chat`, "");
  const run = (line: string) => readCommandLine(line, ["main"], [folder]);
  const bare = run("chat").join(" ");
  assertEquals(bare.includes(folder), false);
  assertEquals(
    run("./chat").join(" ").includes(`${folder}${separator}chat`),
    true,
  );
  await Deno.remove(folder, { recursive: true });
});
