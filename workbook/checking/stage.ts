/**
 * A folder in which any student's program finds the toolkit where it expects it.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Files } from "./student_files.ts";

const LIB = fileURLToPath(new URL("../../lib", import.meta.url));

/** A staged exercise. Disposing of it removes the folder. */
interface Stage extends AsyncDisposable {
  /** The folder with the programs, named like the exercise. */
  folder: string;
}

/**
 * Writes programs to where an exercise's programs lie, with `lib` two folders
 * above, so that a stub, a mistake and a submission from anywhere run as if they
 * lay in `exercises/`.
 *
 * @param name The exercise's name, such as `03_chat`; empty for several, whose
 * names stand before those of their files: `03_chat/main.ts`.
 * @param files What to write.
 * @param options Whether `lib` is there, unless the programs are only read.
 * @returns The staged exercise.
 */
export async function stage(
  name: string,
  files: Files,
  { hasToolkit = true }: { hasToolkit?: boolean } = {},
): Promise<Stage> {
  const root = await Deno.realPath(
    await Deno.makeTempDir({ prefix: "exercise_" }),
  );
  if (hasToolkit) {
    await Deno.symlink(LIB, `${root}/lib`, { type: "junction" });
  }
  const folder = join(root, "exercises", name);
  await Deno.mkdir(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) {
    const path = join(folder, file);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, bytes);
  }
  return {
    folder,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
