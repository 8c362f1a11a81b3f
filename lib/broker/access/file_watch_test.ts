import { assertEquals } from "@std/assert";
import { createFileWatch } from "./file_watch.ts";
import { within } from "../../../testing/deadline.ts";
import { test } from "../../../testing/test.ts";

/** Watches a file, and tells when it has been found changed so many times. */
async function watch(paths: string[], period = 20) {
  let changes = 0;
  let wake = () => {};
  const watch = await createFileWatch(paths, () => {
    changes++;
    wake();
    return Promise.resolve();
  }, { period });
  return {
    watch,
    changes: () => changes,
    async untilChanges(count: number): Promise<void> {
      while (changes < count) {
        const more = new Promise<void>((resolve) => wake = resolve);
        await within("a change", more);
      }
    },
    [Symbol.asyncDispose]: () => watch.close(),
  };
}

test.folder("createFileWatch() notices a file that is written, replaced, removed and made", async (folder) => {
  const [path, other] = [`${folder}/a`, `${folder}/b`];
  await Deno.writeTextFile(path, "one");
  await Deno.writeTextFile(other, "one");
  await using watched = await watch([path, other]);
  watched.watch.start();
  await Deno.writeTextFile(path, "two");
  await watched.untilChanges(1);
  await Deno.writeTextFile(`${folder}/new`, "two");
  await Deno.rename(`${folder}/new`, path);
  await watched.untilChanges(2);
  await Deno.remove(other);
  await watched.untilChanges(3);
  await Deno.writeTextFile(other, "two");
  await watched.untilChanges(4);
});

test.folder("createFileWatch() knows what was there when it was made, and what it is told of", async (folder) => {
  const path = `${folder}/a`;
  await using watched = await watch([path]);
  await Deno.writeTextFile(path, "one");
  await watched.watch.refresh();
  watched.watch.start();
  await Deno.writeTextFile(path, "two, longer");
  await watched.untilChanges(1);
  assertEquals(watched.changes(), 1);
});

test.folder("createFileWatch() leaves a file alone while it is being written", async (folder) => {
  const path = `${folder}/a`;
  await using watched = await watch([path], 200);
  watched.watch.start();
  {
    using file = await Deno.open(path, { write: true, create: true });
    for (let index = 0; index < 150; index++) {
      await file.write(new Uint8Array(1_000));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals(watched.changes(), 0);
  }
  await watched.untilChanges(1);
});
