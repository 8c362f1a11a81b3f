import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project, with a separator at its end. */
export const PROJECT_FOLDER: string = fileURLToPath(
  new URL("../../", import.meta.url),
);

/**
 * The folder from which the user called `deno task`, which itself always runs in
 * the project's. A folder elsewhere comes from a program around this one.
 */
export function userFolder(): string {
  const folder = Deno.env.get("INIT_CWD") ?? PROJECT_FOLDER;
  return folder.startsWith(PROJECT_FOLDER) ? folder : PROJECT_FOLDER;
}

/** Makes a task that runs in the project's folder see files as its user does. */
export function enterUserFolder(): void {
  const isTask = resolve(Deno.cwd()) === resolve(PROJECT_FOLDER);
  if (isTask) Deno.chdir(userFolder());
}
