/**
 * What is wrong with a program, as the one thing that a student should read first.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PROJECT_FOLDER } from "../options/user_folder.ts";

/** What is wrong, and how it shows. */
export interface Finding {
  /** What is wrong, in a sentence. */
  words: string;
  /** What Deno or the program itself says of it, line by line. */
  quote?: readonly string[];
  /** Where it is, as `main.ts:12`, if that is known. */
  place?: string | undefined;
  /** Whether the program got nowhere with it, so that nothing could be checked. */
  isFatal?: boolean;
  /** Whether it says how a requirement fails, and nothing of the program. */
  isOfRequirement?: boolean;
  /** Whether it may well be harmless, so that anything else goes before it. */
  isWeak?: boolean;
}

/** What a known mistake leaves behind. */
export interface KnownMistake {
  /** Whether it looks like this. */
  when: boolean;
  /** What the mistake is. */
  words: string;
}

/** A longer line says nothing more. */
const MOST_WIDTH = 160;

/** Cuts what a program or Deno said to lines that one can read at a glance. */
export function quoteOf(
  lines: readonly string[],
  most = 4,
): string[] {
  return lines.slice(0, most).map((line) => shortened(withoutFlags(line)));
}

function shortened(line: string): string {
  return line.length > MOST_WIDTH ? `${line.slice(0, MOST_WIDTH)}…` : line;
}

/**
 * A text without Deno's advice to run it with other flags: a check gives the
 * permissions that an exercise needs, so that this always leads astray.
 */
export function withoutFlags(text: string): string {
  return text.replaceAll(
    /, run again with the --allow-\w+ flag| \(run the program with --allow-\w+\)/g,
    "",
  );
}

/** A text with a program's own files, and the toolkit's, named as a student names them. */
export function withoutFolder(text: string, folder: string): string {
  return [folder, dirname(dirname(folder)), resolve(PROJECT_FOLDER)].flatMap((
    place,
  ) => [
    `${pathToFileURL(place).href}/`,
    `${place}/`,
    `${place}\\`,
  ]).reduce((left, place) => left.replaceAll(place, ""), text);
}

/** The program doesn't do what was asked for. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
  /** What should have happened. */
  readonly expected: string;
  /** What happened. */
  readonly seen: string;
  /** What is wrong, as far as one can tell. */
  readonly finding: Finding | undefined;
  /** Whether something only didn't come in time, and may come later. */
  readonly isLate: boolean;

  constructor(
    { expected, seen, finding, isLate = false }: {
      expected: string;
      seen: string;
      finding?: Finding | undefined;
      isLate?: boolean;
    },
  ) {
    super(`Expected ${expected}`);
    this.expected = expected;
    this.seen = seen;
    this.finding = finding;
    this.isLate = isLate;
  }
}
