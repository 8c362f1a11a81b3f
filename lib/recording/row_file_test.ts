import { assert, assertEquals } from "@std/assert";
import { type AppendedFile, RowFile } from "./row_file.ts";
import { RecordingError } from "../recording_error.ts";
import { rejection } from "../../testing/deadline.ts";
import { test } from "../../testing/test.ts";

const encoder = new TextEncoder();

/** A real file on a disk that has room for only so many bytes more. */
class FullDisk implements AppendedFile {
  readonly #file: Deno.FsFile;
  #room: number;

  constructor(file: Deno.FsFile, room: number) {
    this.#file = file;
    this.#room = room;
  }

  writeSync(bytes: Uint8Array): number {
    if (this.#room === 0) {
      throw new Error("No space left on device (os error 28)");
    }
    const written = this.#file.writeSync(bytes.subarray(0, this.#room));
    this.#room -= written;
    return written;
  }

  statSync(): Deno.FileInfo {
    return this.#file.statSync();
  }

  truncateSync(size: number): void {
    this.#file.truncateSync(size);
  }

  close(): void {
    this.#file.close();
  }
}

test.folder("RowFile.append() keeps whole rows only, wherever the disk is full", async (folder) => {
  const path = `${folder}/x.csv`;
  const old = "time,topic,value\n";
  const rows = ["1,é,2\r\n", '1,"a\nb",2\r\n', "1,ö,2\r\n"];
  const ends = [0, 8, 19, 27];
  for (let room = 0; room < 27; room++) {
    await Deno.writeTextFile(path, old);
    const file = await Deno.open(path, { append: true });
    const disk = new FullDisk(file, room);
    const rowFile = new RowFile(disk, old.length);
    const whole = ends.findLastIndex((end) => end <= room);

    const appended = rowFile.append(encoder.encode(rows.join("")), rows.length);
    rowFile.close();
    assertEquals(appended.rows, whole, `room for ${room}`);
    assertEquals(
      (appended.cause as Error).message,
      "No space left on device (os error 28)",
    );
    assertEquals(
      await Deno.readTextFile(path),
      old + rows.slice(0, whole).join(""),
    );
  }
});

test.folder("RowFile.append() removes nothing that another program appended", async (folder) => {
  const path = `${folder}/x.csv`;
  const file = await Deno.open(path, { append: true, create: true });
  const rowFile = new RowFile(new FullDisk(file, 4), 0);
  await Deno.writeTextFile(path, "other\r\n", { append: true });

  assertEquals(rowFile.append(encoder.encode("1,a,2\r\n"), 1).rows, 0);
  rowFile.close();
  assertEquals(await Deno.readTextFile(path), "other\r\n1,a,");
});

test.folder("RowFile.append() appends after what others wrote", async (folder) => {
  const path = `${folder}/x.csv`;
  const rowFile = await RowFile.open(path, () => {});
  await Deno.writeTextFile(path, "other\r\n", { append: true });
  const rows = encoder.encode("1,a,2\r\n1,b,2\r\n");
  assertEquals(rowFile.append(rows, 2), { rows: 2 });
  rowFile.close();
  assertEquals(await Deno.readTextFile(path), "other\r\n1,a,2\r\n1,b,2\r\n");
});

test.folder("RowFile.open() says which folder is missing", async (folder) => {
  const path = `${folder}/none/x.csv`;
  const error = await rejection(RowFile.open(path, () => {}), RecordingError);
  const expected = `Folder "${folder}/none" of "${path}" does not exist`;
  assertEquals(error.message, expected);
  assertEquals(error.path, path);
});

test.folder("RowFile.open() refuses a folder", async (folder) => {
  await rejection(
    RowFile.open(folder, () => {}),
    RecordingError,
    `"${folder}" is a folder, not a file`,
  );
});

test.folder("RowFile.open() names a file that stands where a folder should", async (folder) => {
  await Deno.writeTextFile(`${folder}/file`, "");
  const error = await rejection(
    RowFile.open(`${folder}/file/x.csv`, () => {}),
    RecordingError,
  );
  const { message } = error;
  const isNamed = message.startsWith(`Cannot open "${folder}/file/x.csv": `) ||
    message.startsWith(`Folder "${folder}/file" of `);
  assert(isNamed, message);
});
