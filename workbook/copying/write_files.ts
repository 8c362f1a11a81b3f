import { dirname, join } from "node:path";

/** Options of {@linkcode writeFiles}. */
interface WriteFilesOptions {
  /** Whether files that are there are overwritten. */
  force: boolean;
}

/** How many files an error names, of those that are in the way. */
const MOST_NAMES = 5;

/**
 * Writes all files, or none if something is in the way of one. What is there with
 * the same text isn't.
 *
 * @param folder The folder, which needn't be there.
 * @param files The texts, by their paths in the folder.
 * @throws {Error} If files are there already, and aren't to be overwritten.
 */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, string>,
  { force }: WriteFilesOptions,
): Promise<void> {
  await refuseObstacles(folder, files);
  const there: string[] = [];
  for (const [path, text] of files) {
    const old = await readIfThere(join(folder, path));
    if (old !== undefined && old !== text) there.push(path);
  }
  if (there.length > 0 && !force) {
    const more = there.length - MOST_NAMES;
    const names = [
      ...there.slice(0, MOST_NAMES),
      ...more > 0 ? [`${more} more`] : [],
    ];
    throw new Error(
      `Folder "${folder}" has other files of these names: ${
        names.join(", ")
      }; --force overwrites them`,
    );
  }
  for (const [path, text] of files) {
    const file = join(folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}

/** Refuses a file where a folder must be, and a folder where a file must be. */
async function refuseObstacles(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  const isFolder = new Map<string, boolean>([[folder, true]]);
  for (const path of files.keys()) {
    isFolder.set(join(folder, path), false);
    for (let place = dirname(path); place !== "."; place = dirname(place)) {
      isFolder.set(join(folder, place), true);
    }
  }
  for (const [path, mustBeFolder] of isFolder) {
    const found = await Deno.stat(path).catch(() => undefined);
    if (found === undefined || found.isDirectory === mustBeFolder) continue;
    const [is, must] = mustBeFolder ? ["file", "folder"] : ["folder", "file"];
    throw new Error(`"${path}" is a ${is}: it must be a ${must}`);
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new Error(`"${file}" can't be read: ${(error as Error).message}`);
  }
}
