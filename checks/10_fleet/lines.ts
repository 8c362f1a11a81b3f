/**
 * The lines that the program prints about its fleet.
 *
 * @module
 */
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

/** A device, and what it publishes about its battery. */
type Report = readonly [device: string, payload: number | string];

/** The device whose alert tells that everything before it has been handled. */
const LAST = "the-last";

/** Two devices by chance, a value that is low and one that isn't. */
interface Fleet {
  a: string;
  b: string;
  /** From 10 to 18 %. */
  low: number;
  /** From 26 to 98 %. */
  high: number;
}

/** What is published, and the lines that are to be printed of it. */
interface Scene {
  reports: readonly Report[];
  lines: readonly string[];
}

/** A check that the program prints what a scene says, and nothing else. */
export function plays(
  scene: (fleet: Fleet) => Scene,
): (trial: Trial) => Promise<void> {
  return async (trial) => {
    const program = await start(trial);
    const [a = "", b = ""] = trial.random.hosts(2);
    const low = trial.random.integer(10, 18);
    const high = trial.random.integer(26, 98);
    const { reports, lines } = scene({ a, b, low, high });
    await expectLines(trial, program, reports, lines);
  };
}

/** Starts the program, and waits until it watches the fleet. */
export async function start(trial: Trial): Promise<StudentProgram> {
  const program = trial.start();
  await trial.subscribed("fleet/pump/battery");
  return program;
}

/**
 * Publishes reports, and waits for what is to be printed of them: these lines and
 * no other.
 */
export async function expectLines(
  trial: Trial,
  program: StudentProgram,
  reports: readonly Report[],
  expected: readonly string[],
): Promise<void> {
  const all: Report[] = [...reports, [LAST, 80], [LAST, 1]];
  for (const [device, payload] of all) {
    await trial.broker.publish(`fleet/${device}/battery`, String(payload));
  }
  const awaited = [...expected, alert(LAST, 1)];
  const mistakes = () => knownMistakes(program, awaited);
  for (const line of awaited) {
    await trial.until(
      `the line "${line}"`,
      () => program.lines.includes(line),
      mistakes,
    );
  }
  const lines = program.lines.filter((line) => !line.includes(LAST));
  trial.expect(
    lines.join("\n") === expected.join("\n"),
    expected.length === 0
      ? "no line about these devices"
      : `these lines, and no other:\n    ${expected.join("\n    ")}`,
    mistakes,
  );
}

/** The line that tells of a device that has become low. */
export function alert(device: string, percent: number): string {
  return `Alert: ${device} is at ${percent} %`;
}

/** The line that tells of a device that has recovered. */
export function recovered(device: string, percent: number): string {
  return `Recovered: ${device} is at ${percent} %`;
}

function knownMistakes(
  { lines }: StudentProgram,
  awaited: readonly string[],
): KnownMistake[] {
  const squeezed = lines.map((line) => line.replaceAll(" ", ""));
  return [
    {
      when: lines.some((line) => /is at 100 %/.test(line)),
      words: 'Are the values compared as texts? Then "100" is less than "20".',
    },
    {
      when: awaited.some((line) =>
        !lines.includes(line) && squeezed.includes(line.replaceAll(" ", ""))
      ),
      words: "The blanks are not where they should be.",
    },
    {
      when: lines.length > 0 &&
        awaited.filter((line) => !lines.includes(line)).join() ===
          alert(LAST, 1),
      words: `Has each device a state of its own? "${LAST}" is one more.`,
    },
  ];
}
