/**
 * A folder of programs that needs nothing of the workbook.
 *
 * @module
 */
import { configText, lockText, type Task } from "./configuration.ts";
import { BROKER, collectFiles, withoutFolders } from "./copied_files.ts";
import type { CopySource } from "./copy_source.ts";
import { nameOf, titleIn } from "./program_header.ts";
import { readmeText } from "./readme.ts";

/** What a folder without programs runs, once a student has written it. */
const FIRST_PROGRAM = {
  name: "main",
  run: "--allow-env --allow-net main.ts",
  description: "The program that you write",
};

/**
 * Makes the files of a folder with programs, the toolkit, `deno.json` and a page.
 *
 * @returns The texts, by their paths in the folder.
 */
export function newFolder(source: CopySource): Map<string, string> {
  const paths = [...source.programs.map(({ path }) => path), ...source.files];
  const own = collectFiles(paths);
  const needsBroker = own.texts.has("lib/mod.ts") &&
    !own.texts.has("broker.ts");
  const { texts, imports } = needsBroker
    ? collectFiles([...paths, BROKER])
    : own;
  const users = source.users ?? {};
  if (needsBroker && Object.keys(users).length > 0) {
    const list = Object.entries(users).map((user) =>
      user.map((word) => JSON.stringify(word)).join(": ")
    );
    const text = texts.get("broker.ts")!;
    texts.set(
      "broker.ts",
      text.replace("= {};", () => `= { ${list.join(", ")} };`),
    );
  }

  const programs = source.programs.map(({ path, run }) => {
    const words = withoutFolders(run);
    const name = nameOf(path);
    return { name, run: words, description: titleIn(texts.get(`${name}.ts`)!) };
  });
  if (programs.length === 0) programs.push(FIRST_PROGRAM);
  const tasks: Record<string, Task> = {};
  for (const { name, run, description } of programs) {
    tasks[name] = { description, command: commandOf(run, `${name}.ts`) };
  }
  if (needsBroker) {
    tasks.broker = {
      description: "A broker on this machine, for the programs here",
      command: "deno run --allow-env --allow-net broker.ts",
    };
  }
  const lock = lockText(texts.values(), imports);
  texts.set("deno.json", configText(tasks, imports));
  texts.set("deno.lock", lock);
  texts.set(
    "README.md",
    readmeText({
      title: source.title,
      programs,
      isEmpty: source.programs.length === 0,
      hasBroker: "broker" in tasks,
    }),
  );
  return texts;
}

/** The command without a program's arguments, which follow the task's name. */
function commandOf(run: string, file: string): string {
  const words = run.split(" ");
  return ["deno", "run", ...words.slice(0, words.indexOf(file) + 1)].join(" ");
}
