/**
 * The command that starts a student's program in another language.
 *
 * @module
 */
import { isAbsolute, resolve } from "node:path";

/**
 * Reads a command as a user types it. The program runs in a folder of its own,
 * so the files that the command names are given their whole paths.
 *
 * @param line The command; `{program}` in it stands for a program's name.
 * @param programs The names of the programs.
 * @param folders The folders that the files are seen from, the first that has them.
 * @returns What to start. Arguments may follow.
 */
export function readCommandLine(
  line: string,
  programs: readonly string[],
  folders: readonly string[],
): string[] {
  const isWindows = Deno.build.os === "windows";
  const words: string[] = [];
  const shellLine = line.replaceAll(/"[^"]*"|'[^']*'|\S+/g, (quoted) => {
    const word = quoted.replace(/^(["'])(.*)\1$/s, "$2");
    // Without a folder in its name, a command is looked for in PATH.
    const isCommand = words.length === 0 && !/[/\\]/.test(word);
    const path = isCommand ? undefined : findFile(word, programs, folders);
    words.push(path ?? word);
    return path === undefined ? quoted : `'${path.replaceAll("'", `'\\''`)}'`;
  });
  // With exec, the program takes the shell's place, and signals reach it.
  return isWindows ? words : ["sh", "-c", `exec ${shellLine} "$@"`, "sh"];
}

/** The whole path of a file, if there is one of that name. */
function findFile(
  word: string,
  programs: readonly string[],
  folders: readonly string[],
): string | undefined {
  if (word === "" || isAbsolute(word)) return undefined;
  const exists = (path: string) =>
    programs.some((program) => isFile(path.replaceAll("{program}", program)));
  return folders.map((folder) => resolve(folder, word)).find(exists);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
