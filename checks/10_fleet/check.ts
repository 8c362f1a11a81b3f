import type { Exercise } from "../../workbook/checking/requirement.ts";
import { alert, expectLines, plays, recovered, start } from "./lines.ts";

/** What exercise 10 asks for. */
export const exercise: Exercise = {
  name: "10_fleet",
  programs: ["main"],
  requirements: [
    {
      id: "alerts",
      words: "The program alerts when a device falls below 20 %",
      hint: 1,
      check: plays(({ a, b, low, high }) => ({
        reports: [[a, 100], [b, high], [b, low]],
        lines: [alert(b, low)],
      })),
    },
    {
      id: "first-report",
      words: "A device whose first report is below 20 % alerts, too",
      hint: 1,
      check: plays(({ a, low }) => ({
        // As a text, a value of one digit is more than "20".
        reports: [[a, low >> 1]],
        lines: [alert(a, low >> 1)],
      })),
    },
    {
      id: "alerts-once",
      words: "It alerts once, however often the device reports that it is low",
      hint: 2,
      check: plays(({ a, low }) => ({
        reports: [[a, 80], [a, low], [a, low], [a, low - 1], [a, 3]],
        lines: [alert(a, low)],
      })),
    },
    {
      id: "recovers",
      words: "It says once that a device has recovered, above 25 %",
      hint: 2,
      check: plays(({ a, b, low, high }) => ({
        reports: [
          // One that never was low can't recover.
          ...[[b, 50], [b, 90], [a, 80], [a, low]] as const,
          ...[[a, high], [a, high], [a, 100]] as const,
        ],
        lines: [alert(a, low), recovered(a, high)],
      })),
    },
    {
      id: "alerts-again",
      words: "After it has recovered, a device may fall again",
      hint: 2,
      check: plays(({ a, low, high }) => ({
        reports: [[a, 80], [a, low], [a, high], [a, low + 1], [a, high + 1]],
        lines: [
          alert(a, low),
          recovered(a, high),
          alert(a, low + 1),
          recovered(a, high + 1),
        ],
      })),
    },
    {
      id: "hysteresis",
      words: "From 20 % to 25 % nothing changes, in neither direction",
      hint: 2,
      check: plays(({ a }) => ({
        reports: [
          ...[[a, 26], [a, 22], [a, 20], [a, 19.9]] as const,
          ...[[a, 20], [a, 23], [a, 18], [a, 25], [a, 25.1]] as const,
        ],
        lines: [alert(a, 19.9), recovered(a, 25.1)],
      })),
    },
    {
      id: "devices",
      words: "Each device has a state of its own",
      hint: 3,
      check: plays(({ a, b, low, high }) => ({
        reports: [[a, 80], [a, low], [b, high], [b, 5], [a, high], [b, high]],
        lines: [
          ...[alert(a, low), alert(b, 5)],
          ...[recovered(a, high), recovered(b, high)],
        ],
      })),
    },
    {
      id: "retained",
      words: "A value that the broker has kept from before the start counts",
      extra: true,
      hint: 1,
      async check(trial) {
        const [a = ""] = trial.random.hosts(1);
        const low = trial.random.integer(10, 19);
        await trial.broker.publish(`fleet/${a}/battery`, String(low), {
          retain: true,
        });
        const program = await start(trial);
        await expectLines(trial, program, [], [alert(a, low)]);
      },
    },
    {
      id: "junk",
      words:
        "What isn't a number is ignored, with a word on standard error for it",
      extra: true,
      hint: 3,
      async check(trial) {
        const program = await start(trial);
        const [a = "", b = ""] = trial.random.hosts(2);
        const junk = trial.random.shuffle(["low", "", "12 V", "1,5"]);
        await expectLines(
          trial,
          program,
          [...junk.map((payload) => [a, payload] as const), [b, 80], [b, 7], [
            b,
            "",
          ]],
          [alert(b, 7)],
        );
        await trial.until(
          "a word on standard error",
          () => program.stderr.trim() !== "",
        );
      },
    },
    {
      id: "only-battery",
      words: "What devices publish on other topics says nothing of the battery",
      extra: true,
      hint: 1,
      async check(trial) {
        const program = await start(trial);
        const [a = ""] = trial.random.hosts(1);
        await trial.broker.publish(`fleet/${a}/temperature`, "12");
        await trial.broker.publish(`fleet/${a}/battery/cells`, "12");
        await expectLines(trial, program, [[a, 60]], []);
      },
    },
    {
      id: "leaves",
      words: "On Ctrl-C it disconnects and ends with exit code 0",
      extra: true,
      hint: 1,
      needsSignals: true,
      async check(trial) {
        const program = await start(trial);
        await expectLines(trial, program, [], []);
        program.kill("SIGINT");
        const code = await trial.ended(program);
        trial.expect(code === 0, "exit code 0");
        await trial.packet("disconnect");
      },
    },
  ],
};
