import { fileURLToPath } from "node:url";

/** The project's folder. */
export const PROJECT = new URL("../../", import.meta.url);

/** The path of a file that is seen from the project's folder. */
export function inProject(path: string): string {
  return fileURLToPath(new URL(path, PROJECT));
}
