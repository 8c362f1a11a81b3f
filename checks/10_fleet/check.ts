import type { Exercise } from "../../workbook/checking/requirement.ts";
import { alert, expectLines, recovered, start } from "./lines.ts";

/** What exercise 10 asks for. */
export const exercise: Exercise = {
  name: "10_fleet",
  programs: ["main"],
  requirements: [
    {
      id: "alerts",
      words: "The program alerts when a device falls below 20 %",
      hint: 1,
      async check(trial) {
        const program = await start(trial);
        const [a = "", b = ""] = trial.random.hosts(2);
        const low = trial.random.integer(10, 19);
        await expectLines(
          trial,
          program,
          [[a, 100], [b, trial.random.integer(30, 99)], [b, low]],
          [alert(b, low)],
        );
      },
    },
    {
      id: "first-report",
      words: "A device whose first report is below 20 % alerts, too",
      hint: 1,
      async check(trial) {
        const program = await start(trial);
        const [a = ""] = trial.random.hosts(1);
        const low = trial.random.integer(2, 9);
        await expectLines(trial, program, [[a, low]], [alert(a, low)]);
      },
    },
    {
      id: "alerts-once",
      words: "It alerts once, however often the device reports that it is low",
      hint: 2,
      async check(trial) {
        const program = await start(trial);
        const [a = ""] = trial.random.hosts(1);
        const low = trial.random.integer(10, 19);
        await expectLines(
          trial,
          program,
          [[a, 80], [a, low], [a, low], [a, low - 1], [a, 3]],
          [alert(a, low)],
        );
      },
    },
    {
      id: "recovers",
      words: "It says once that a device has recovered, above 25 %",
      hint: 2,
      async check(trial) {
        const program = await start(trial);
        const [a = "", b = ""] = trial.random.hosts(2);
        const low = trial.random.integer(10, 19);
        const high = trial.random.integer(26, 99);
        await expectLines(
          trial,
          program,
          // One that never was low can't recover.
          [
            ...[[b, 50], [b, 90], [a, 80], [a, low]] as const,
            ...[[a, high], [a, high], [a, 100]] as const,
          ],
          [alert(a, low), recovered(a, high)],
        );
      },
    },
    {
      id: "alerts-again",
      words: "After it has recovered, a device may fall again",
      hint: 2,
      async check(trial) {
        const program = await start(trial);
        const [a = ""] = trial.random.hosts(1);
        const low = trial.random.integer(10, 18);
        const high = trial.random.integer(26, 98);
        await expectLines(
          trial,
          program,
          [[a, 80], [a, low], [a, high], [a, low + 1], [a, high + 1]],
          [
            alert(a, low),
            recovered(a, high),
            alert(a, low + 1),
            recovered(a, high + 1),
          ],
        );
      },
    },
    {
      id: "hysteresis",
      words: "From 20 % to 25 % nothing changes, in neither direction",
      hint: 2,
      async check(trial) {
        const program = await start(trial);
        const [a = ""] = trial.random.hosts(1);
        await expectLines(
          trial,
          program,
          [
            ...[[a, 26], [a, 22], [a, 20], [a, 19.9]] as const,
            ...[[a, 20], [a, 23], [a, 18], [a, 25], [a, 25.1]] as const,
          ],
          [alert(a, 19.9), recovered(a, 25.1)],
        );
      },
    },
    {
      id: "devices",
      words: "Each device has a state of its own",
      hint: 3,
      async check(trial) {
        const program = await start(trial);
        const [a = "", b = ""] = trial.random.hosts(2);
        const low = trial.random.integer(10, 19);
        const high = trial.random.integer(30, 99);
        await expectLines(
          trial,
          program,
          [[a, 80], [a, low], [b, high], [b, 5], [a, high], [b, high]],
          [alert(a, low), alert(b, 5), recovered(a, high), recovered(b, high)],
        );
      },
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
