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
 * @param folder The folder that the files are seen from.
 * @returns What to start. Arguments may follow.
 */
export function readCommandLine(
  line: string,
  programs: readonly string[],
  folder: string,
): string[] {
  const isWindows = Deno.build.os === "windows";
  const words: string[] = [];
  const shellLine = line.replaceAll(/"[^"]*"|'[^']*'|\S+/g, (quoted) => {
    const word = quoted.replace(/^(["'])(.*)\1$/s, "$2");
    // Without a folder in its name, a command is looked for in PATH.
    const isCommand = words.length === 0 && !/[/\\]/.test(word);
    const path = isCommand ? undefined : findFile(word, programs, folder);
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
  folder: string,
): string | undefined {
  if (word === "" || isAbsolute(word)) return undefined;
  const exists = programs.some((program) => {
    const path = resolve(folder, word.replaceAll("{program}", program));
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  return exists ? resolve(folder, word) : undefined;
}
