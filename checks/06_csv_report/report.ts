/**
 * Rows for the check of exercise 06, and what is to be printed for them.
 *
 * @module
 */
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

const LINE =
  /^(.+): count (\d+), mean (-?\d+\.\d\d), min (-?\d+\.\d\d), max (-?\d+\.\d\d)$/;
/** Half of the last place, and what adding up in another order changes. */
const TOLERANCE = 0.005 + 1e-9;

/** A row of a recording, but for its time. */
export type Row = [topic: string, value: number];

/** Rows of one topic or of four, whose order as texts is not that of numbers. */
export function makeRows({ random }: Trial, topic?: string): Row[] {
  const user = random.integer(1, 9);
  const topics = topic === undefined
    ? ["dust", "humi", "illu", "temp"].map((key) => `iot/user${user}/${key}`)
    : [topic];
  const rows = topics.flatMap((topic, index) => {
    const others = Array.from(
      { length: random.integer(1, 9) },
      () => random.integer(1100, 9900) / 100,
    );
    const sign = index === 1 ? -1 : 1;
    return [9.5, 10.25, 104, ...others]
      .map((value): Row => [topic, sign * value]);
  });
  return random.shuffle(rows);
}

/** The rows as the recorder of lesson 11 writes them. */
export function write(rows: Row[]): string {
  return rows.map(([topic, value], index) => {
    const field = /[,"]/.test(topic)
      ? `"${topic.replaceAll('"', '""')}"`
      : topic;
    return `${timeOf(index)},${field},${value}\r\n`;
  }).join("");
}

/** A time as the recorder of lesson 11 writes it, another one for each row. */
export function timeOf(row: number): string {
  const second = String(row % 60).padStart(2, "0");
  return `2026-11-21 09:30:${second}.123456`;
}

/** Waits for the program's end, and compares what it printed with the rows. */
export async function expectReport(
  trial: Trial,
  program: StudentProgram,
  rows: Row[],
  mistakes: () => KnownMistake[] = () => [],
): Promise<void> {
  const code = await trial.ended(program);
  const wanted = [...Map.groupBy(rows, ([topic]) => topic)]
    .map(([topic, ofTopic]) => figuresOf(topic, ofTopic))
    .sort(([one], [other]) => one < other ? -1 : 1);
  const { lines } = program;
  trial.expect(
    lines.length === wanted.length &&
      lines.every((line, index) => isReportOf(line, wanted[index]!)),
    `these lines:\n${wanted.map(describe).join("\n")}`,
    () => [{
      when: /NaN|Infinity|undefined/.test(program.stdout),
      words: "Something that is no number is among the values.",
    }, {
      when: lines.some((line) => /min 10\.25/.test(line)),
      words: 'Values are compared as texts: "10" comes before "9" there.',
    }, ...mistakes()],
  );
  trial.expect(code === 0, "exit code 0");
}

type Figures = [
  topic: string,
  count: number,
  mean: number,
  min: number,
  max: number,
];

function figuresOf(topic: string, rows: Row[]): Figures {
  const values = rows.map(([, value]) => value);
  const sum = values.reduce((sum, value) => sum + value);
  const mean = sum / values.length;
  return [
    topic,
    values.length,
    mean,
    Math.min(...values),
    Math.max(...values),
  ];
}

function describe([topic, count, ...figures]: Figures): string {
  const [mean, min, max] = figures.map((figure) => figure.toFixed(2));
  return `${topic}: count ${count}, mean ${mean}, min ${min}, max ${max}`;
}

function isReportOf(line: string, [topic, ...wanted]: Figures): boolean {
  const [, printed, ...figures] = LINE.exec(line) ?? [];
  return printed === topic &&
    wanted.every((number, index) =>
      Math.abs(Number(figures[index]) - number) <= TOLERANCE
    );
}
