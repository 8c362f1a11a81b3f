import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../../testing/processes.ts";
import type { LessonProgram } from "./lessons.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { test } from "../../testing/test_programs.ts";

const PROGRAMS: Record<string, string> = {
  // Stays until SIGTERM, and tells the end.
  service: `
    Deno.addSignalListener("SIGTERM", () => {
      console.log("stopped");
      Deno.exit(0);
    });
    setInterval(() => {}, 1000);
    console.log("up");`,
  says: `console.log(Deno.args[0], Deno.env.get("GREETING"));`,
  fails: `console.error("oh"); Deno.exit(3);`,
  asks: `
    const bytes = new Uint8Array(9);
    const count = await Deno.stdin.read(bytes);
    console.log("Hello", new TextDecoder().decode(bytes.subarray(0, count ?? 0)));`,
};

/** Runs a lesson of these programs, in a process of its own. */
async function startLesson(
  programs: LessonProgram[],
): Promise<Process & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(PROGRAMS)) {
    const header = "/**\n * @run deno run --allow-env x.ts\n */\n";
    await Deno.writeTextFile(`${folder}/${name}.ts`, header + text);
  }
  const module = new URL("run_lesson.ts", import.meta.url).href;
  const lib = new URL("../../lib/mod.ts", import.meta.url).href;
  const lesson = { number: "01", title: "x", programs };
  await Deno.writeTextFile(
    `${folder}/main.ts`,
    `import { runLesson } from ${JSON.stringify(module)};
    import { StopSignal } from ${JSON.stringify(lib)};
    import { pathToFileURL } from "node:url";
    using stop = new StopSignal();
    const folder = new URL(pathToFileURL(${JSON.stringify(folder)}).href + "/");
    Deno.exitCode = await runLesson(
      { ...${JSON.stringify(lesson)}, folder },
      { flags: ["--no-config"], variables: { GREETING: "hi" }, signal: stop.signal },
    );`,
  );
  const child = startProcess(Deno.execPath(), [
    "run",
    ...denoFlags(),
    "--no-check",
    "-A",
    fileURLToPath(new URL("main.ts", `file://${folder}/`)),
  ]);
  return {
    ...child,
    async [Symbol.asyncDispose]() {
      await child[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

const SERVICE = { file: "service.ts", stays: true, ready: "up" };

Deno.test("runLesson() starts each program when the one before is ready, and stops those that stay", async () => {
  await using lesson = await startLesson([
    SERVICE,
    { file: "says.ts", args: ["one"] },
    { file: "says.ts", args: ["two"] },
  ]);
  const { code, stdout } = await lesson.end();
  assertEquals(
    stdout,
    "service  | up\nsays one | one hi\nsays two | two hi\nservice  | stopped\n",
  );
  assertEquals(code, 0);
});

Deno.test("runLesson() says which program failed, unless it was meant to", async () => {
  await using lesson = await startLesson([
    { file: "fails.ts", exit: 3 },
    { file: "fails.ts" },
    { file: "says.ts", args: ["on"] },
  ]);
  const { code, stdout, stderr } = await lesson.end();
  assertEquals(code, 1);
  assertStringIncludes(stdout, "on hi");
  assertEquals(
    stderr,
    "fails   | oh\nfails   | oh\nfails ended with exit code 3, not 0\n",
  );
});

test.unix("runLesson() ends well when it is stopped, also where all programs stay", async () => {
  await using lesson = await startLesson([
    SERVICE,
    { ...SERVICE, args: ["2"] },
  ]);
  await lesson.untilPrinted("service 2 | up");
  const { code, stdout, stderr } = await lesson.stop();
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertStringIncludes(stdout, "service 2 | stopped\n");
  assertStringIncludes(stdout, "service   | stopped\n");
});

Deno.test("runLesson() ends when all programs that stay have ended by themselves", async () => {
  await using lesson = await startLesson([
    { file: "says.ts", args: ["bye"], stays: true, ready: "bye" },
  ]);
  const { code, stdout } = await lesson.end();
  assertEquals({ code, stdout }, { code: 0, stdout: "says bye | bye hi\n" });
});

Deno.test("runLesson() shows no standard output of a program that is to be quiet", async () => {
  await using lesson = await startLesson([
    { ...SERVICE, quiet: true },
    { file: "says.ts", args: ["loud"] },
    { file: "fails.ts", quiet: true, exit: 3 },
  ]);
  const { stdout, stderr } = await lesson.end();
  assertEquals(stdout, "says loud | loud hi\n");
  assertEquals(stderr, "fails     | oh\n");
});

Deno.test("runLesson() gives what the user types to the program that asks", async () => {
  await using lesson = await startLesson([
    SERVICE,
    { file: "asks.ts", input: true },
  ]);
  await lesson.write("Ann");
  const { code, stdout } = await lesson.end();
  assertStringIncludes(stdout, "asks    | Hello Ann\n");
  assertEquals(code, 0);
});
