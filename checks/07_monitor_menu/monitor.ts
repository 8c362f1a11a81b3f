/**
 * How the check of exercise 07 operates a monitor.
 *
 * @module
 */
import type { Random } from "../../workbook/checking/random.ts";
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

/** The menu's line. Blanks in it don't matter. */
const MENU = "0)온도 1)습도 2)조도 3)미세먼지 4)종료";

/** What the menu calls the sensors, and how their topics end. */
export const SENSORS = [
  ["온도", "temp"],
  ["습도", "humi"],
  ["조도", "illu"],
  ["미세먼지", "dust"],
] as const;

const NOTHING = "아직 측정값이 없습니다";
/** A mean may be rounded to two digits. */
const TOLERANCE = 0.005 + 1e-9;
const MOST_TRIES = 20;
const PAUSE = 100;

/** What the monitor is asked for, and what is right. */
export interface Asked {
  /** The choice's number. */
  sensor: number;
  /** Whether an answer, without `평균 …:`, is right. */
  isRight: (answer: string) => boolean;
  /** The mean that is right; that there is none, unless given. */
  wanted?: number;
  /** Mistakes that the last answer shows. */
  mistakes?: (answer: string) => KnownMistake[];
}

/** Starts the program, and waits until it is subscribed. */
export async function startMonitor(trial: Trial): Promise<StudentProgram> {
  const program = trial.start();
  for (const [, key] of SENSORS) await trial.subscribed(`iot/user1/${key}`);
  return program;
}

/** Waits until the program has shown its menu as often as that. */
export async function untilMenus(
  trial: Trial,
  program: StudentProgram,
  count: number,
): Promise<void> {
  const squeeze = (line: string) => line.replaceAll(" ", "");
  const menus = () =>
    program.lines.filter((line) => squeeze(line).includes(squeeze(MENU)));
  await trial.until(
    `the line "${MENU}"${count > 1 ? " again" : ""}`,
    () => menus().length >= count,
  );
}

/**
 * Makes a choice until the answer is right: values may still be on their way.
 *
 * @returns How often it had to be made.
 */
export async function ask(
  trial: Trial,
  program: StudentProgram,
  { sensor, isRight, wanted, mistakes = () => [] }: Asked,
): Promise<number> {
  const start = `평균 ${SENSORS[sensor]![0]}:`;
  const answers = () =>
    program.lines
      .filter((line) => line.includes(start))
      .map((line) => line.slice(line.indexOf(start) + start.length).trim());
  for (let tries = 1;; tries++) {
    const { length } = answers();
    await program.type(`${sensor}`);
    const answer = await trial.until(
      `a line "${start} …" after the choice ${sensor}`,
      () => answers()[length],
    );
    if (isRight(answer)) return tries;
    if (tries === MOST_TRIES) {
      trial.fail(`the line "${start} ${wanted ?? NOTHING}"`, mistakes(answer));
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Whether an answer says that there is no value yet. */
export function isNothing(answer: string): boolean {
  return answer === NOTHING;
}

/** Whether an answer is the mean of some values. */
export function isMean(answer: string, values: number[]): boolean {
  return /^-?\d+(\.\d+)?$/.test(answer) &&
    Math.abs(Number(answer) - meanOf(values)) <= TOLERANCE;
}

/** The mean of some values. */
export function meanOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value) / values.length;
}

/** Some values, all different. */
export function randomValues(random: Random): number[] {
  const least = random.integer(100, 9000);
  return random.shuffle(
    Array.from(
      { length: random.integer(3, 6) },
      (_, index) => (least + 100 * index + random.integer(1, 80)) / 100,
    ),
  );
}
