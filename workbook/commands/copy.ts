/**
 * Copies programs into a folder that needs nothing of the workbook.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import { inProject } from "../launcher/modules.ts";
import { findSource } from "../copying/copy_source.ts";
import { newFolder } from "../copying/new_folder.ts";
import { singleFile } from "../copying/single_file.ts";
import { writeFiles } from "../copying/write_files.ts";
import { maySeeSolution } from "../exercises/progress.ts";
import { runProgram, UsageError } from "../options/program.ts";

const HELP = `
Copies programs into a folder of your own, which runs on any machine that has Deno
or Node, without the workbook.

Usage: deno task copy WHAT FOLDER [--force] [--yes]
       deno task copy WHAT FOLDER --single [--force] [--yes]

WHAT is
  lesson:02             a lesson's programs
  lesson:02/subscriber  one of them
  exercise:03           your own work
  solution:03           a solution
  empty                 the toolkit alone, for a program that you write

  --single  writes one file: the program, and what it uses of the toolkit
  --force   overwrites what is in FOLDER
  --yes     copies a solution without asking

What lies in FOLDER stays as it is, unless --force is given.
`;

export const program = await runProgram({
  help: HELP,
  names: { positional: 2, boolean: ["single", "force", "yes"] },
  async main(options) {
    const [what, folder] = options.positional;
    if (what === undefined || !folder) {
      throw new UsageError(
        `${
          what === undefined ? "WHAT and FOLDER are" : "FOLDER is"
        } missing: ` +
          `it is called as in "deno task copy lesson:02 ../my-programs"`,
      );
    }
    refuseOwnFolder(folder);
    const source = await findSource(what);
    const sure = `deno task copy ${what} ${folder} --yes`;
    if (
      source.solved !== undefined && !options.has("yes") &&
      !await maySeeSolution(source.solved, sure)
    ) return;
    const isSingle = options.has("single");
    const files = isSingle ? await singleFile(source, what) : newFolder(source);
    await writeFiles(folder, files, { force: options.has("force") });
    const names = [...files.keys()].filter((name) => !name.startsWith("lib/"));
    const andLib = names.length < files.size ? " and lib" : "";
    console.log(`Wrote ${names.join(", ")}${andLib}`);
    const [next] = isSingle
      ? /(?<=\* Run: ).*/.exec(files.values().next().value ?? "") ?? []
      : ["deno task"];
    console.log(`Next: cd "${folder}", and ${next}`);
  },
}, import.meta.main);

/** In the workbook, its own tasks and checks would take the copy for a part of it. */
function refuseOwnFolder(folder: string): void {
  const path = relative(inProject("."), resolve(folder));
  if (path.startsWith("..") || resolve(path) === path) return;
  throw new UsageError(
    `Folder "${folder}" is in the workbook: it must be elsewhere, such as "../my-programs"`,
  );
}
