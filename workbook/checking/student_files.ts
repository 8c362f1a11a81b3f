/**
 * What is the student's in an exercise's folder.
 *
 * @module
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { printable } from "../../lib/printable.ts";

/** The contents of files, by their names. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** These files aren't run. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  /** @param reason Why, which may name the student's files. */
  constructor(reason: string) {
    super(printable(reason));
  }
}

/** Larger than all that a person writes for one exercise, in bytes. */
const MOST_BYTES = 1_000_000;

/** More files than anybody writes for one exercise. */
const MOST_FILES = 50;

/** How often it is looked whether a file is where its path says. */
const LOOKS = 50;

/**
 * Whether a file of an exercise's folder is one of the student's modules: the
 * programs, and what they import from beside them. The checks aren't.
 */
export function isStudentFile(path: string): boolean {
  const name = basename(path);
  return /\.(ts|mts|js|mjs|json)$/.test(name) &&
    !/^check(_.*)?\.ts$|_test\.ts$|^\./.test(name);
}

/**
 * Reads the student's modules, once: what has been checked is what runs,
 * whatever becomes of the files.
 *
 * @param folder The exercise's folder, which needn't be there, by a path
 * without links.
 * @throws {RefusedError} If they are too many or too large, or one isn't a file
 * of its own: a link would let a student name a file that only the teacher can
 * read, and a pipe would never end.
 */
export function readStudentFiles(folder: string): Files {
  const names = namesIn(folder);
  if (names.length > MOST_FILES) {
    throw new RefusedError(`it has more than ${MOST_FILES} files`);
  }
  let left = MOST_BYTES;
  const files: Record<string, Uint8Array> = {};
  for (const name of names) {
    const bytes = readRegularFile(join(folder, name), left);
    files[name] = bytes;
    left -= bytes.length;
  }
  return files;
}

function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name)
      .filter(isStudentFile)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw new RefusedError(`${basename(folder)} can't be read`);
  }
}

function readRegularFile(path: string, most: number): Uint8Array {
  const name = basename(path);
  let file: number | undefined;
  try {
    // Without waiting for the other end of a pipe; Windows has no such flag.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const opened = fstatSync(file, { bigint: true });
    if (!opened.isFile()) throw new RefusedError(`${name} is not a file`);
    if (opened.nlink > 1n || !isThere(path, opened)) {
      throw new RefusedError(`${name} is a link, or lies behind one`);
    }
    if (opened.size > most) {
      throw new RefusedError(`it has more than ${MOST_BYTES} bytes`);
    }
    const bytes = new Uint8Array(Number(opened.size));
    let length = 0;
    for (let read = -1; read !== 0; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    return bytes.subarray(0, length);
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new RefusedError(`${name} can't be read`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/**
 * Whether a file that is open is the one at its path, without a link on the way.
 * Who swaps a folder for a link and back again, while this goes on, can hardly
 * guess right each time.
 */
function isThere(
  path: string,
  { dev, ino }: { dev: bigint; ino: bigint },
): boolean {
  for (let look = 0; look < LOOKS; look++) {
    const found = lstatSync(path, { bigint: true });
    if (found.dev !== dev || found.ino !== ino) return false;
    let place = path;
    while (place !== dirname(place)) {
      place = dirname(place);
      if (!lstatSync(place).isDirectory()) return false;
    }
  }
  return true;
}

/** How long a save may take, in milliseconds: editors write in several steps. */
const SAVE_TIME = 100;

/**
 * Notices when the student's files are saved. Disposing of it ends that.
 *
 * @param onSave Called once for each save, when it is complete.
 */
export function watchFiles(
  folder: string,
  onSave: () => void,
): Disposable {
  const watcher = Deno.watchFs(folder, { recursive: false });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const notice = async () => {
    for await (const { kind, paths } of watcher) {
      if (kind === "access") continue; // It has only been read
      if (!paths.some(isStudentFile)) continue;
      clearTimeout(timer);
      timer = setTimeout(onSave, SAVE_TIME);
    }
  };
  notice();
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
