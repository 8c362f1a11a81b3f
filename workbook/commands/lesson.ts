/**
 * Runs all programs of a lesson together.
 *
 * @module
 */
import { StopSignal } from "../../lib/mod.ts";
import { findBroker } from "../broker/find_broker.ts";
import { launcherFlags } from "../launcher/launcher_flags.ts";
import { type Lesson, listLessons, listPrograms } from "../lessons/lessons.ts";
import { runProgram } from "../options/program.ts";
import { runLesson } from "../lessons/run_lesson.ts";

const number = Deno.env.get("WORKBOOK_LESSON");
const lesson = listLessons().find((lesson) => lesson.number === number)!;

await runProgram({
  help: help(lesson),
  names: { string: ["seconds"], boolean: ["trace"] },
  async main(options) {
    const seconds = options.number("seconds", { least: 0, whole: false });
    await using broker = await findBroker({ users: lesson.users });
    using stop = new StopSignal(
      seconds === undefined ? undefined : AbortSignal.timeout(seconds * 1000),
    );
    return await runLesson(lesson, {
      flags: launcherFlags(),
      variables: {
        MQTT_URL: broker.url,
        ...options.has("trace") && { MQTT_TRACE: "1" },
      },
      signal: stop.signal,
    });
  },
});

function help({ number, title, ...lesson }: Lesson): string {
  const task = `deno task lesson:${number}`;
  const programs = listPrograms({ number, title, ...lesson });
  return `
Lesson ${number}: ${title}

Usage: ${task} [--trace] [--seconds S]
       ${task} PROGRAM [--trace] [ARGUMENTS]

  --trace       show each packet that is sent and received
  --seconds S   end after S seconds; without it, the lesson or Ctrl-C ends it

Without a program's name, all run together, on the broker that MQTT_URL names. If
it names none, on the one at localhost:1883, or an embedded one if none answers
there. The programs:
${programs.join(", ")}
`;
}
