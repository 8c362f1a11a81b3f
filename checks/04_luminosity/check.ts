import type { IPublishPacket } from "mqtt-packet";
import type {
  Exercise,
  Requirement,
} from "../../workbook/checking/requirement.ts";
import { areFrequent, areInTime, PERIOD, VARIABLES } from "./period.ts";
import { subscriberRequirements } from "./subscriber.ts";
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

function start(trial: Trial): StudentProgram {
  return trial.start("publisher", { variables: VARIABLES });
}

/** Waits until the program has published so many messages. */
async function untilPublished(
  trial: Trial,
  count: number,
): Promise<IPublishPacket[]> {
  return await trial.until(
    count === 1 ? "a message" : `${count} messages, one each period`,
    () => {
      const sent = trial.sent("publish");
      return sent.length >= count && sent;
    },
    () => [{
      when: trial.sent("publish").length > 0,
      words: `Did it take its period, ${PERIOD} s here, from the variable ` +
        "PERIOD? Does it go on after the first value?",
    }, {
      when: trial.sent("connect").length > 0,
      words:
        "It is connected, and publishes nothing: did it take its period, " +
        `${PERIOD} s here, from the variable PERIOD?`,
    }],
  );
}

/**
 * The name of this machine. Another Deno tells it, because whoever runs the
 * checks may start programs, and nothing else that this takes.
 */
async function hostname(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", "--no-lock", "console.log(Deno.hostname())"],
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** What exercise 04 asks of the publisher. */
const publisherRequirements: Requirement[] = [
  {
    id: "publishes",
    words: "The publisher publishes on /ex4/HOSTNAME, with its machine's name",
    hint: 1,
    async check(trial) {
      start(trial);
      const [packet] = await untilPublished(trial, 1);
      const topic = `/ex4/${await hostname()}`;
      trial.expect(packet?.topic === topic, `the topic "${topic}"`, () => [{
        when: `/${packet?.topic}` === topic,
        words: "The topic begins with a slash.",
      }, {
        when: packet?.topic.startsWith("/ex4/") === true,
        words: "HOSTNAME stands for what the command hostname says.",
      }]);
    },
  },
  {
    id: "whole",
    words: "What it publishes is a whole percentage from 0 to 100",
    hint: 1,
    async check(trial) {
      start(trial);
      for (const { payload } of await untilPublished(trial, 3)) {
        const text = payload.toString();
        trial.expect(
          /^\d{1,3}$/.test(text) && Number(text) <= 100,
          "digits only, which say 0 to 100",
          () => [{
            when: /^\d+\.\d+$/.test(text),
            words: "The value has decimals: it must be rounded.",
          }, {
            when: text.includes("%"),
            words: "The sign % is no part of the number.",
          }],
        );
      }
    },
  },
  {
    id: "period",
    words: "It publishes one value each period, and goes on",
    hint: 1,
    async check(trial) {
      const { startedAt } = start(trial);
      await untilPublished(trial, 4);
      const times = () =>
        trial.broker.packets
          .filter(({ from, packet }) =>
            from === "program" && packet.cmd === "publish"
          )
          .map(({ at }) => at);
      // Where a start takes seconds, four messages without a pause are in time.
      await trial.remains(
        `no more than one message in ${PERIOD} s`,
        PERIOD * 1000,
        () => areInTime(startedAt, times()),
      );
      trial.expect(areFrequent(times()), `a message each ${PERIOD} s`);
    },
  },
  {
    id: "publisher-leaves",
    words: "On Ctrl-C the publisher disconnects and ends with exit code 0",
    extra: true,
    hint: 1,
    needsSignals: true,
    async check(trial) {
      const program = start(trial);
      await untilPublished(trial, 1);
      program.kill("SIGINT");
      const code = await trial.ended(program);
      trial.expect(code === 0, "exit code 0");
      await trial.packet("disconnect");
    },
  },
];

/** What exercise 04 asks for (document fr, exercise 4). */
export const exercise: Exercise = {
  name: "04_luminosity",
  programs: ["publisher", "subscriber"],
  permissions: ["--allow-sys=hostname"],
  // What takes longest is four messages, one each period.
  pace: 4 * PERIOD * 1000,
  requirements: [...publisherRequirements, ...subscriberRequirements],
};
