/**
 * The programs of lessons, run as a student runs them.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type Process, startProcess } from "../processes.ts";
import { programFlags } from "../../workbook/lessons/lessons.ts";
import { denoFlags } from "../deno_flags.ts";

/** The broker of a program that is given none. */
const NOBODY = "mqtt://127.0.0.1:1";

/** How a lesson's program is run. */
export interface LessonRun {
  /** The broker's address, for `MQTT_URL`. */
  url: string;
  args?: string[];
  /** Variables that it gets besides this process's own. */
  variables?: Record<string, string>;
  /** Whether it prints its packets on standard error. */
  trace?: boolean;
  /** The folder that it runs in; this process's own unless given. */
  folder?: string;
}

/** A lesson's programs, each with exactly the permissions that its header gives. */
interface LessonPrograms {
  /** Starts one, by its name without `.ts`. */
  start(program: string, run?: Partial<LessonRun>): Process;
  /** Runs one to its end. */
  run(program: string, run?: Partial<LessonRun>): ReturnType<Process["end"]>;
}

/**
 * Gives the programs of a lesson.
 *
 * @param place The lesson's folder, or `import.meta.url` of a test in it.
 */
export function lessonAt(place: string | URL): LessonPrograms {
  const start: LessonPrograms["start"] = (program, run = {}) => {
    const { url = NOBODY, args = [], variables = {}, trace, folder } = run;
    const file = new URL(`${program}.ts`, place);
    return startProcess(
      Deno.execPath(),
      [
        "run",
        // The first to run it may have to download its packages.
        "--quiet",
        ...denoFlags(),
        "--no-prompt",
        ...programFlags(file),
        fileURLToPath(file),
        ...args,
      ],
      { MQTT_URL: url, MQTT_TRACE: trace ? "1" : "", ...variables },
      folder,
    );
  };
  return {
    start,
    async run(...options) {
      await using program = start(...options);
      return await program.end();
    },
  };
}

/**
 * The names of the packets in a program's trace, in order.
 *
 * @param which Only those that it sent (`→`), or that it received (`←`).
 */
export function tracedPackets(stderr: string, which = "[→←]"): string[] {
  const packets = stderr.matchAll(new RegExp(`${which} (\\w+)`, "g"));
  return Array.from(packets, ([, name = ""]) => name);
}
