/**
 * Each lesson, taken away: it runs in a folder elsewhere, with nothing but a mirror
 * of npm, and its types are right; so are those of the solutions.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { startProcess } from "../../testing/processes.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { listExercises, numberOf } from "../exercises/exercises.ts";
import { pool } from "../checking/pool.ts";
import { type Lesson, listLessons } from "../lessons/lessons.ts";
import { findSource } from "./copy_source.ts";
import { newFolder } from "./new_folder.ts";
import { writeFiles } from "./write_files.ts";

/** A process may have to wait for many others. */
const PATIENCE = 300_000;

/** Lessons of which no program ends by itself with 0: what is run, and its output. */
const OTHERS: Record<string, { name: string; prints: string }> = {
  "14": { name: "server", prints: "http://" },
  "15": { name: "gate", prints: "Looping..." },
};

/** What a person would type. */
const TYPED: Record<string, string> = { "12": "0\n4\n" };

/** Deno with a cache of its own, which only a mirror of npm can fill. */
async function startElsewhere() {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";
  await using config = startProcess(npm, ["config", "get", "registry"]);
  const { stdout: registry } = await config.end();
  const lesson = new URL("../../lessons/17_packaging/", import.meta.url);
  const mirror = lessonAt(lesson).start("mirror", {
    url: "",
    args: [registry.trim(), "0"],
    folder: root,
  });
  await mirror.untilPrinted("/\n");
  const [address = ""] = /http:\S+/.exec(mirror.printed()) ?? [];
  const start = (
    folder: string,
    args: string[],
    variables: Record<string, string> = {},
  ) =>
    startProcess(Deno.execPath(), args, {
      DENO_DIR: `${root}/cache`,
      NPM_CONFIG_REGISTRY: address,
      JSR_URL: "http://127.0.0.1:1/",
      NO_COLOR: "1",
      MQTT_TRACE: "",
      ...variables,
    }, folder);
  return {
    root,
    start,
    [Symbol.asyncDispose]: async () => {
      await mirror[Symbol.asyncDispose]();
      await Deno.remove(root, { recursive: true });
    },
  };
}

type Elsewhere = Awaited<ReturnType<typeof startElsewhere>>;

/** Runs a program of a lesson with its task's command. */
async function runOne(
  { number, programs, users }: Lesson,
  { root, start }: Elsewhere,
): Promise<void> {
  await using broker = await startBroker({ port: 0, users });
  const variables = { MQTT_URL: broker.url };
  const folder = `${root}/${number}`;
  const { tasks } = JSON.parse(await Deno.readTextFile(`${folder}/deno.json`));
  const other = OTHERS[number];
  if (other !== undefined) {
    const [, ...args] = tasks[other.name].command.split(" ");
    await using program = start(folder, args, variables);
    await program.untilPrinted(other.prints, PATIENCE);
    return;
  }
  const first = programs.find(({ stays }) => !stays)!;
  const name = first.file.replace(/^.*\/|\.ts$/g, "");
  const args = ["task", "--quiet", name, ...first.args ?? []];
  await using program = start(folder, args, variables);
  await program.write(TYPED[number] ?? "");
  const { code, stdout, stderr } = await program.end(PATIENCE);
  assertEquals(code, 0, `Lesson ${number}, ${name}: ${stdout}${stderr}`);
}

Deno.test("copy makes folders of all lessons that run elsewhere, with npm alone", async () => {
  await using elsewhere = await startElsewhere();
  const { root, start } = elsewhere;
  const lessons = listLessons();
  for (const { number } of lessons) {
    const files = newFolder(await findSource(`lesson:${number}`));
    await writeFiles(`${root}/${number}`, files, { force: false });
  }
  // The first finds an empty cache, and the others what is there by then.
  await runOne(lessons[1]!, elsewhere);
  await pool(lessons, 2, (lesson) => runOne(lesson, elsewhere));

  // One process checks the types of all, each with its own packages, and takes a
  // third of the time. What bundles make of their own isn't a part of it.
  const { compilerOptions } = JSON.parse(
    await Deno.readTextFile(`${root}/01/deno.json`),
  );
  const workspace = lessons.map(({ number }) => `./${number}`);
  for (const number of (await listExercises()).map(numberOf)) {
    const files = newFolder(await findSource(`solution:${number}`));
    await writeFiles(`${root}/solution${number}`, files, { force: false });
    workspace.push(`./solution${number}`);
  }
  await Deno.writeTextFile(
    `${root}/deno.json`,
    JSON.stringify({ workspace, compilerOptions, exclude: ["*/dist"] }),
  );
  await using check = start(root, ["check", "--quiet", ...workspace]);
  const { code, stderr } = await check.end(PATIENCE);
  assertEquals(code, 0, stderr);
});

Deno.test("findSource() leaves a lesson's page and its pictures behind", async () => {
  const { files } = await findSource("lesson:09");
  const names = files.map((file) => file.split("/").at(-1));
  assertEquals(names.toSorted(), [
    "packets.ts",
    "too_early.ts",
    "wait_for_publish.ts",
  ]);
});
