/**
 * Lessons' programs run with the least permissions. That each runs with those in
 * its header, `commands/lesson_test.ts` shows. Here each must use all of them.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startBroker } from "../../lib/mod.ts";
import { peerTest } from "../../testing/peers.ts";
import {
  type Lesson,
  listLessons,
  listPrograms,
  programFlags,
} from "./lessons.ts";
import {
  findNeedless,
  omissions,
  type Trial,
} from "../../testing/project/permissions.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import { startSessionBus } from "../../testing/session_bus.ts";
import { lessonAt } from "../../testing/project/lessons.ts";

/** Arguments of programs that don't run with the rest of their lesson. */
const ALONE: Record<string, string[]> = {
  "17 mirror": ["http://127.0.0.1:1/", "0"],
};

/** What a lesson's programs find in their folder, by the lesson's number. */
const FOUND: Record<string, (lesson: Lesson, folder: string) => Promise<void>> =
  {
    async "16"(lesson, folder) {
      const programs = { authority: [], certificate: ["localhost", "365"] };
      for (const [name, args] of Object.entries(programs)) {
        const run = { url: "", args, folder };
        const { code, stderr } = await lessonAt(lesson.folder).run(name, run);
        assertEquals({ code, stderr }, { code: 0, stderr: "" });
      }
    },
    async "17"(_lesson, folder) {
      const bundle = `${folder}/dist/debian/usr/lib/mqtt-sensors`;
      await Deno.mkdir(bundle, { recursive: true });
    },
  };

/** The arguments with which a lesson runs a program. */
function argsOf(lesson: Lesson, name: string): string[] | undefined {
  const program = lesson.programs.find(({ file }) => file === `${name}.ts`);
  return program === undefined
    ? ALONE[`${lesson.number} ${name}`]
    : program.args ?? [];
}

async function assertNoneNeedless(
  lessons: Lesson[],
  more: Record<string, string> = {},
) {
  await using broker = await startBroker({ port: 0 });
  await using root = await temporaryFolder();
  const trials: Trial[] = [];
  for (const lesson of lessons) {
    const found = `${root.path}/${lesson.number}`;
    await Deno.mkdir(found);
    await FOUND[lesson.number]?.(lesson, found);
    for (const name of listPrograms(lesson)) {
      // What one leaves behind, or takes away, is nothing to the others.
      const folder = `${found}_${name}`;
      await cp(found, folder, { recursive: true });
      const file = new URL(`${name}.ts`, lesson.folder);
      const flags = programFlags(file);
      trials.push({
        name: `Lesson ${lesson.number}, ${name}`,
        module: fileURLToPath(file),
        flags,
        omissions: omissions(flags),
        args: argsOf(lesson, name),
        variables: { MQTT_URL: broker.url, ...more },
        folder,
      });
    }
  }
  assertEquals(await findNeedless(trials), []);
}

const needsDBus = ({ number }: Lesson) => number === "15";

Deno.test("omissions() leaves out each permission, and each value of several", () => {
  const flags = ["--env-file=x", "--allow-env", "--allow-net=a,b"];
  assertEquals(omissions(flags), [{
    permission: "--allow-env",
    flag: "--allow-env",
    flags: ["--env-file=x", "--allow-net=a,b"],
  }, {
    permission: "--allow-net=a",
    flag: "--allow-net",
    flags: ["--env-file=x", "--allow-env", "--allow-net=b"],
  }, {
    permission: "--allow-net=b",
    flag: "--allow-net",
    flags: ["--env-file=x", "--allow-env", "--allow-net=a"],
  }]);
});

Deno.test("lessons run each of their programs, so that it is known to work", () => {
  const unknown = listLessons().flatMap((lesson) =>
    listPrograms(lesson)
      .filter((name) => argsOf(lesson, name) === undefined)
      .map((name) => `${lesson.number} ${name}`)
  );
  assertEquals(unknown, []);
});

Deno.test("lessons have no permission that they can do without", async () => {
  const lessons = listLessons().filter((lesson) => !needsDBus(lesson));
  await assertNoneNeedless(lessons);
});

peerTest(
  ["dbus_run_session"],
  "lessons on D-Bus have no permission that they can do without",
  async ({ dbus_run_session }) => {
    const lessons = listLessons().filter(needsDBus);
    await using bus = await startSessionBus(dbus_run_session);
    await assertNoneNeedless(lessons, bus.variables);
  },
);
