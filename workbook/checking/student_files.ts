/**
 * What is the student's in an exercise's folder.
 *
 * @module
 */
import { basename } from "node:path";

/**
 * Whether a file of an exercise's folder is one of the student's modules: the
 * programs, and what they import from beside them. The checks aren't.
 */
export function isStudentFile(path: string): boolean {
  const name = basename(path);
  return /\.(ts|mts|js|mjs|json)$/.test(name) &&
    !/^check|_test\.ts$|^\./.test(name);
}

/**
 * Lists the student's modules.
 *
 * @param folder The exercise's folder, which needn't be there.
 * @returns Their names, in order.
 */
export function studentFiles(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder))
      .map(({ name }) => name)
      .filter(isStudentFile)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
