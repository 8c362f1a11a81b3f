/**
 * A stub leads from its first TODO to its last one, and is what the student's
 * file begins as.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { denoFlags } from "../testing/deno_flags.ts";
import { startProcess } from "../testing/processes.ts";

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

Deno.test("stubs say that there is nothing to do yet, and show no password of MQTT_URL", async () => {
  const lib = new URL("../lib/", HERE).href;
  for (const exercise of exercises) {
    for (const file of programsIn(`${exercise}/stub`)) {
      const text = read(`${exercise}/stub/${file}`);
      await using process = startProcess(
        Deno.execPath(),
        [...["run", ...denoFlags(), "--allow-env"], "--ext=ts", "-"],
        { MQTT_URL: "info:s3cret@broker.lan" },
      );
      await process.write(text.replace("../../lib/", lib));
      const { stderr } = await process.end();
      assertMatch(stderr, /^Nothing to do yet: begin with TODO 1 in .*\n$/);
      assertEquals(stderr.includes("s3cret"), false, stderr);
    }
  }
});
