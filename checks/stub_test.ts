/**
 * A stub leads from its first TODO to its last one, and is what the student's
 * file begins as.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";

const HERE = new URL("./", import.meta.url);

/** What a file says as long as the student hasn't begun. */
const NOT_BEGUN = "Nothing to do yet";

const read = (path: string) => Deno.readTextFileSync(new URL(path, HERE));

/** The names of the programs in a folder. */
const programsIn = (folder: string) =>
  Array.from(Deno.readDirSync(new URL(folder, HERE)), ({ name }) => name);

const exercises = programsIn("./").filter((name) => /^\d\d_/.test(name));

Deno.test("stubs number their TODOs from 1, and have no fewer than the page has steps", () => {
  for (const exercise of exercises) {
    let inAll = 0;
    for (const file of programsIn(`${exercise}/stub`)) {
      const numbers = Array.from(
        read(`${exercise}/stub/${file}`).matchAll(/^ *\/\/ TODO (\d+): /gm),
        ([, number]) => Number(number),
      );
      const counted = numbers.map((_, index) => index + 1);
      assertEquals(numbers, counted, `${exercise}/${file}`);
      inAll += numbers.length;
    }
    const [task = ""] = read(`../exercises/${exercise}/README.md`)
      .split("## How to go on");
    const steps = task.match(/^\d\. /gm)?.length ?? 0;
    assert(inAll >= steps, `${exercise}: ${steps} steps and ${inAll} TODOs`);
  }
});

Deno.test("a check_test.ts checks the exercise that it lies beside", () => {
  for (const exercise of exercises) {
    const text = read(`../exercises/${exercise}/check_test.ts`);
    const named = Array.from(
      text.matchAll(/\/checks\/(\w+)/g),
      ([, name]) => name,
    );
    assertEquals(
      new Set(named),
      new Set([exercise]),
      `exercises/${exercise}/check_test.ts must import from its own checks`,
    );
  }
});

// Where a student has begun, the file may differ: it no longer says so. In CI
// nobody has begun.
Deno.test("a student's file begins as its stub", () => {
  const isFresh = Deno.env.get("WORKBOOK_PEERS") === "required";
  for (const exercise of exercises) {
    for (const file of programsIn(`${exercise}/stub`)) {
      const work = read(`../exercises/${exercise}/${file}`);
      if (!isFresh && !work.includes(NOT_BEGUN)) continue;
      assertEquals(
        work,
        read(`${exercise}/stub/${file}`),
        `${exercise}/${file}`,
      );
    }
  }
});
