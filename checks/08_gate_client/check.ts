import type { Exercise } from "../../workbook/checking/requirement.ts";
import {
  COMMAND,
  expectLines,
  expectOpened,
  say,
  startPatient,
  STATUS,
  untilCommand,
} from "./gate.ts";

/** How long a program that doesn't wait may take to show it, in milliseconds. */
const WATCHED = 500;
const HEARTBEAT = 200;

/** What exercise 08 asks for (the gate of lesson 13). */
export const exercise: Exercise = {
  name: "08_gate_client",
  isOneShot: true,
  // It waits for a gate that doesn't open, as long as GATE_TIMEOUT says.
  pace: 1000,
  programs: ["main"],
  requirements: [
    {
      id: "subscribes-first",
      words: `The program awaits its subscription to ${STATUS} before it ` +
        "sends the command",
      hint: 1,
      async check(trial) {
        const subacks = trial.broker.withhold(
          ({ packet }) => packet.cmd === "suback",
        );
        trial.start();
        await trial.packet(
          "subscribe",
          ({ subscriptions }) =>
            subscriptions.some(({ topic }) =>
              [STATUS, "tw/rocksaying/#", "tw/rocksaying/+"].includes(topic)
            ),
          `a subscription to ${STATUS}`,
        );
        await trial.remains(
          "no command before the broker has confirmed the subscription",
          WATCHED,
          () => trial.sent("publish").length === 0,
          () => [{
            when: true,
            words: "If the gate is quick, its answer comes too early.",
          }],
        );
        subacks.release();
        await untilCommand(trial);
      },
    },
    {
      id: "command",
      words: `It publishes "open" on ${COMMAND}, once, at QoS 1, not retained`,
      hint: 1,
      async check(trial) {
        const program = startPatient(trial);
        await untilCommand(trial);
        await say(trial, "opening", "opened");
        await trial.ended(program);
        const [first, ...others] = trial.sent("publish");
        trial.expect(
          first?.topic === COMMAND && `${first.payload}` === "open",
          `the payload "open" on ${COMMAND}`,
        );
        trial.expect(first?.qos === 1, "QoS 1", () => [{
          when: first?.qos === 0,
          words: "At QoS 0 nobody notices if the command is lost.",
        }]);
        trial.expect(!first?.retain, "a command that isn't retained", () => [{
          when: true,
          words: "A gate that starts later would obey an old command.",
        }]);
        trial.expect(others.length === 0, "no other message");
      },
    },
    {
      id: "opened",
      words: "It prints what the gate says, and at `opened` disconnects and " +
        "ends with exit code 0",
      hint: 2,
      async check(trial) {
        // Without GATE_TIMEOUT: 5 s are enough for this.
        const program = trial.start();
        await untilCommand(trial);
        await trial.remains(
          "no word before the gate has said anything",
          WATCHED,
          () => program.stdout === "",
        );
        await say(trial, "opening");
        await trial.until(
          'the line "opening"',
          () => program.lines.includes("opening"),
        );
        await say(trial, "opened");
        await expectOpened(trial, program);
        await trial.packet("disconnect");
      },
    },
    {
      id: "noop",
      words: "It takes no notice of `noop`",
      hint: 2,
      async check(trial) {
        const program = startPatient(trial);
        await untilCommand(trial);
        await say(trial, "noop", "noop", "opening", "noop", "opened");
        await expectOpened(trial, program, () => [{
          when: true,
          words: "`noop` says nothing but that the gate lives.",
        }]);
      },
    },
    {
      id: "retained",
      words: "It takes no notice of a status that the broker has kept",
      hint: 3,
      async check(trial) {
        for (const [index, old] of ["opened", "opening"].entries()) {
          await trial.broker.publish(STATUS, old, { qos: 1, retain: true });
          const program = startPatient(trial);
          await untilCommand(trial, index + 1);
          await say(trial, "opening", "opened");
          await expectOpened(trial, program, () => [{
            when: true,
            words: `It takes the retained "${old}" for an answer.`,
          }]);
        }
      },
    },
    {
      id: "others",
      words: "It takes no notice of an `opened` before the first `opening`",
      hint: 3,
      async check(trial) {
        const program = startPatient(trial);
        await untilCommand(trial);
        await say(trial, "closed", "opened", "opening", "opened");
        await expectOpened(trial, program, () => [{
          when: true,
          words: "It takes the answer to somebody else for its own.",
        }]);
      },
    },
    {
      id: "timeout",
      words: "If the gate isn't open after GATE_TIMEOUT seconds, it says so " +
        "and ends with exit code 1",
      hint: 3,
      async check(trial) {
        const program = trial.start("main", {
          variables: { GATE_TIMEOUT: "1" },
        });
        await untilCommand(trial);
        await say(trial, "opening");
        // The gate lives, but it is stuck.
        const heartbeat = setInterval(() => say(trial, "noop"), HEARTBEAT);
        let code: number;
        try {
          code = await trial.ended(program, "the program to end after 1 s");
        } finally {
          clearInterval(heartbeat);
        }
        const line = "The gate didn't open within 1 s";
        trial.expect(
          program.stderr.trimEnd().split(/\r?\n/).at(-1) === line,
          `"${line}" on standard error`,
          () => [{
            when: program.stdout.includes(line),
            words: "The line is on standard output: use console.error.",
          }],
        );
        trial.expect(code === 1, "exit code 1", () => [{
          when: code === 0,
          words: "0 says that all went well: who calls it would go on.",
        }]);
      },
    },
    {
      id: "close",
      words: "With the argument `close`, it closes the gate in the same way",
      extra: true,
      hint: 3,
      async check(trial) {
        const program = startPatient(trial, ["close"]);
        await untilCommand(trial);
        const [command] = trial.sent("publish");
        trial.expect(`${command?.payload}` === "close", 'the payload "close"');
        await say(trial, "noop", "opened", "closed", "closing", "closed");
        await expectLines(trial, program, ["closing", "closed"]);
      },
    },
  ],
};
