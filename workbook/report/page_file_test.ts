import { assertEquals } from "@std/assert";
import { rejection } from "../../testing/deadline.ts";
import { test } from "../../testing/test.ts";
import { UsageError } from "../options/program.ts";
import { assertMayWrite, writePage } from "./page_file.ts";

async function refusal(
  page: string,
  files: string[],
  force = false,
): Promise<string> {
  const writing = assertMayWrite(page, { files, force });
  return (await rejection(writing, UsageError)).message;
}

test.folder("assertMayWrite() keeps what is there, unless forced", async (folder) => {
  const page = `${folder}/a.html`;
  await assertMayWrite(page, { files: [], force: false });
  await Deno.writeTextFile(page, "mine");
  assertEquals(
    await refusal(page, []),
    `File "${page}" is there already: --force overwrites it`,
  );
  await assertMayWrite(page, { files: [`${folder}/no`, "-"], force: true });
  assertEquals(
    await refusal(folder, [], true),
    `Option --html is "${folder}", a folder: it must be a file`,
  );
});

test.folder("assertMayWrite() never lets a page take a recording's place", async (folder) => {
  const file = `${folder}/a.csv`;
  await Deno.writeTextFile(file, "x");
  const say = (page: string) =>
    `Option --html is "${page}", a recording to be read: it must be another file`;
  assertEquals(await refusal(file, [`${folder}/b`, file], true), say(file));
  if (Deno.build.os === "windows") return; // Links need a right there.
  await Deno.symlink(file, `${folder}/b.html`);
  const link = `${folder}/b.html`;
  assertEquals(await refusal(link, [file], true), say(link));
});

test.folder("writePage() writes all or nothing", async (folder) => {
  const page = `${folder}/a.html`;
  await writePage(page, "first");
  await writePage(page, "second");
  assertEquals(await Deno.readTextFile(page), "second");
  const missing = `${folder}/no/a.html`;
  const error = await rejection(writePage(missing, "x"), UsageError);
  assertEquals(
    error.message,
    `Page "${missing}" can't be written: its folder isn't there`,
  );
  await Deno.mkdir(`${folder}/b.html`);
  await rejection(writePage(`${folder}/b.html`, "x"), Error);
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  assertEquals(names.sort(), ["a.html", "b.html"]);
});
