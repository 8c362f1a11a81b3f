import { fileURLToPath } from "node:url";
import type { Target } from "../terminal/terminal.ts";
import { LabelledOutput } from "./labelled_output.ts";
import {
  addressesFor,
  CLUSTER_LABEL,
  killNodes,
  needsCluster,
  openCluster,
  restartNodes,
} from "./lesson_cluster.ts";
import { type Lesson, type LessonProgram, programFlags } from "./lessons.ts";

/** Options of {@linkcode runLesson}. */
interface RunLessonOptions {
  /** Flags that every program gets, such as `--import-map`. */
  flags: string[];
  /** Variables that every program gets. */
  variables: Record<string, string>;
  /** Ends the lesson. */
  signal: AbortSignal;
}

/** A program that runs. */
interface Running {
  program: LessonProgram;
  child: Deno.ChildProcess;
  /** Resolves once it has printed what the next program waits for. */
  ready: Promise<void>;
  /** Its exit code, once all that it printed is shown. */
  ended: Promise<number>;
}

/**
 * Runs a lesson's programs together: one after the other, beside those that
 * stay, which are stopped at the end. Those that need a cluster are left out where
 * none can be started.
 *
 * @param options Flags, variables and the signal that ends it.
 * @returns 0, or 1 if a program failed.
 */
export async function runLesson(
  lesson: Lesson,
  { flags, variables, signal }: RunLessonOptions,
): Promise<number> {
  const output = new LabelledOutput([
    ...lesson.programs.map(labelOf),
    ...lesson.programs.some(needsCluster) ? [CLUSTER_LABEL] : [],
  ]);
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
  });
  const running: Running[] = [];
  const failed: string[] = [];
  const finish = async ({ program, ended }: Running) => {
    const code = await ended;
    const expected = program.exit ?? 0;
    if (code === expected || signal.aborted && code > 128) return;
    failed.push(labelOf(program));
    console.error(
      `${labelOf(program)} ended with exit code ${code}, not ${expected}`,
    );
  };

  await using cluster = await openCluster(lesson, {
    tell: (line) => output.writeLine(CLUSTER_LABEL, line),
    signal,
  });
  for (const program of lesson.programs) {
    if (signal.aborted) break;
    if (needsCluster(program) && cluster === undefined) continue;
    const one = start(lesson, program, {
      flags,
      variables: { ...variables, ...addressesFor(program, cluster) },
      output,
    });
    running.push(one);
    await Promise.race([program.stays ? one.ready : one.ended, stopped]);
    if (program.pause !== undefined) await pause(program.pause, stopped);
    if (cluster !== undefined && needsCluster(program)) {
      const wait = (seconds: number) => pause(seconds, stopped);
      await killNodes(cluster, program.cluster, { wait, signal });
      stop(one.child);
      await one.ended;
      if (!signal.aborted) await restartNodes(cluster);
    }
  }
  // Where all programs stay, only the user ends the lesson, or they themselves.
  if (lesson.programs.every(({ stays }) => stays)) {
    await Promise.race([
      Promise.all(running.map(({ ended }) => ended)),
      stopped,
    ]);
  }
  for (const one of running.toReversed()) {
    stop(one.child);
    await finish(one);
  }
  return failed.length === 0 ? 0 : 1;
}

function start(
  lesson: Lesson,
  program: LessonProgram,
  { flags, variables, output }: {
    flags: string[];
    variables: Record<string, string>;
    output: LabelledOutput;
  },
): Running {
  const file = new URL(program.file, lesson.folder);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...flags,
      "--no-prompt",
      ...programFlags(file),
      fileURLToPath(file),
      ...program.args ?? [],
    ],
    env: variables,
    stdin: program.input ? "inherit" : "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

  const ready = Promise.withResolvers<void>();
  const copy = (name: "stdout" | "stderr") => {
    let text = "";
    const target = program.quiet && name === "stdout" ? NOWHERE : Deno[name];
    return output.copy(labelOf(program), child[name], target, {
      showsBegun: program.input ?? false,
      onText(more) {
        text += more;
        if (text.includes(program.ready ?? "")) ready.resolve();
      },
    });
  };
  const ended = Promise.all([child.status, copy("stdout"), copy("stderr")])
    .then(([{ code }]) => {
      ready.resolve();
      return code;
    });
  return { program, child, ready: ready.promise, ended };
}

const NOWHERE: Target = { writeSync: (bytes) => bytes.length };

async function pause(seconds: number, stopped: Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds * 1000);
  await Promise.race([promise, stopped]);
  clearTimeout(timer);
}

function stop(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch {
    // It has ended by itself.
  }
}

/** What a program's lines are labelled with: its name and arguments. */
function labelOf({ file, args = [] }: LessonProgram): string {
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.ts$/, "");
  return [name, ...args].join(" ");
}
