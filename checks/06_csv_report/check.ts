import type { Exercise } from "../../workbook/checking/requirement.ts";
import { expectReport, makeRows, type Row, timeOf, write } from "./report.ts";

const FILE = "sensorvalues.csv";

/** What exercise 06 asks for. */
export const exercise: Exercise = {
  name: "06_csv_report",
  programs: ["main"],
  isOffline: true,
  isOneShot: true,
  requirements: [
    {
      id: "report",
      words:
        "The program prints count, mean, minimum and maximum of each topic, " +
        "in the order of the topics",
      hint: 1,
      async check(trial) {
        const rows = makeRows(trial);
        await trial.writeFile(FILE, write(rows));
        await expectReport(trial, trial.start(), rows);
      },
    },
    {
      id: "argument",
      words: "It reads the file that it is given as an argument",
      hint: 1,
      async check(trial) {
        const rows = makeRows(trial);
        const file = `values_${trial.random.integer(100, 999)}.csv`;
        await trial.writeFile(FILE, write(makeRows(trial)));
        await trial.writeFile(file, write(rows));
        await expectReport(trial, trial.start("main", { args: [file] }), rows);
      },
    },
    {
      id: "quotes",
      words: "It reads topics in quotes, with commas and quotes in them",
      hint: 2,
      async check(trial) {
        const rows: Row[] = [
          ...makeRows(trial, "iot/hall, left/temp"),
          ...makeRows(trial, 'iot/pipe 5"/flow'),
          ...makeRows(trial, "iot/user1/temp"),
        ];
        await trial.writeFile(FILE, write(trial.random.shuffle(rows)));
        await expectReport(trial, trial.start(), rows, () => [{
          when: true,
          words: "A comma inside of quotes doesn't separate fields, and two " +
            'quotes inside of quotes stand for one: split(",") isn\'t enough.',
        }]);
      },
    },
    {
      id: "not-a-number",
      words: "It skips a header, and each row whose value is not a number",
      hint: 2,
      async check(trial) {
        const rows = makeRows(trial);
        const [topic] = rows[0]!;
        const text = "time,topic,value\r\n" +
          write(rows.slice(0, 3)) +
          `${timeOf(0)},${topic},n/a\r\n${timeOf(1)},${topic},\r\n` +
          write(rows.slice(3));
        await trial.writeFile(FILE, text);
        await expectReport(trial, trial.start(), rows, () => [{
          when: true,
          words: 'A value is taken for a number that isn\'t one: Number("") ' +
            'is 0, and Number("n/a") is NaN.',
        }]);
      },
    },
    {
      id: "foreign",
      words: "It reads rows of other programs: with LF, with times of RFC " +
        "3339, and with more columns, which it ignores",
      hint: 2,
      async check(trial) {
        const rows = makeRows(trial);
        const text = rows.map(([topic, value], index) => {
          const time = `${timeOf(index).replace(" ", "T")}+09:00`;
          return `${time},${topic},${value},"moved, then\nmoved back"\n`;
        });
        await trial.writeFile(FILE, text.join(""));
        await expectReport(trial, trial.start(), rows);
      },
    },
    {
      id: "torn",
      words: "It doesn't count a last row without a line break: it is torn",
      hint: 3,
      async check(trial) {
        const rows = makeRows(trial);
        const [topic] = rows[0]!;
        for (
          const torn of [
            `${timeOf(0)},${topic},1`, // Of 104, perhaps
            timeOf(0).slice(0, 14),
            `${timeOf(0)},"iot/hall, le`,
          ]
        ) {
          await trial.writeFile(FILE, write(rows) + torn);
          await expectReport(trial, trial.start(), rows, () => [{
            when: true,
            words: `The torn row "${torn}" is counted, or ends the program.`,
          }]);
        }
      },
    },
    {
      id: "missing-file",
      words: "If it can't read the file, it says so in one line, and ends " +
        "with exit code 1",
      hint: 3,
      async check(trial) {
        const file = `none_${trial.random.integer(100, 999)}.csv`;
        const program = trial.start("main", { args: [file] });
        const code = await trial.ended(program);
        const lines = program.stderr.trimEnd().split("\n");
        trial.expect(
          lines.length === 1 && lines[0]!.includes(file) &&
            program.stdout === "",
          `one line on standard error, with the name ${file}, and nothing else`,
          () => [{
            when: /^\s+at /m.test(program.stderr),
            words: "A stack trace is not for users: catch the error.",
          }],
        );
        trial.expect(code === 1, "exit code 1");
      },
    },
    {
      id: "tells-skipped",
      words: 'It says "Skipped rows: …" on standard error, if there are any',
      extra: true,
      hint: 3,
      async check(trial) {
        const rows = makeRows(trial);
        const count = trial.random.integer(2, 5);
        await trial.writeFile(FILE, write(rows));
        const silent = trial.start();
        await trial.ended(silent);
        trial.expect(
          !silent.stderr.includes("Skipped rows"),
          "no such line if no row is skipped",
        );
        await trial.writeFile(FILE, write(rows) + "noise\r\n".repeat(count));
        const program = trial.start();
        await expectReport(trial, program, rows);
        trial.expect(
          program.stderr.trim().split(/\r?\n/).at(-1) ===
            `Skipped rows: ${count}`,
          `the last line on standard error to be "Skipped rows: ${count}"`,
        );
      },
    },
    {
      id: "torn-quotes",
      words: "It doesn't count a last row that is torn inside of quotes, " +
        "after a line break that they hold",
      extra: true,
      hint: 3,
      async check(trial) {
        const rows = makeRows(trial);
        const [topic] = rows[0]!;
        const torn = `${timeOf(0)},${topic},1,"moved\r\nthen mo`;
        await trial.writeFile(FILE, write(rows) + torn);
        await expectReport(trial, trial.start(), rows);
      },
    },
  ],
};
