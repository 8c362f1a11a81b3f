/**
 * The figures that the subscriber prints, and what can be wrong with them.
 *
 * @module
 */
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";
import { PERIOD, VARIABLES } from "./period.ts";
import type { RecordingBroker } from "../../workbook/checking/recording_broker.ts";

/** Starts the subscriber, and waits until it hears the hosts. */
export async function start(trial: Trial): Promise<StudentProgram> {
  const program = trial.start("subscriber", { variables: VARIABLES });
  await trial.subscribed("/ex4/denis");
  return program;
}

/**
 * Waits until the right figures are printed. What is printed before counts for
 * nothing: it may still tell of older values.
 */
export async function untilPrinted(
  trial: Trial,
  program: StudentProgram,
  hosts: Hosts,
): Promise<void> {
  const { figures } = hosts;
  const before = program.lines.length;
  const printed = () => program.lines.slice(before);
  await trial.until(
    `these lines:\n    ${figures.join("\n    ")}`,
    () => {
      const lines = printed();
      return lines.some((_, start) =>
        figures.every((figure, index) => lines[start + index] === figure)
      );
    },
    () => knownMistakes(trial, printed(), figures),
  );
}

function knownMistakes(
  { broker }: Trial,
  lines: string[],
  [max = "", mean = ""]: string[],
): KnownMistake[] {
  let sum = 0;
  const means = broker.messages.map(({ text }, index) =>
    `Moy: ${((sum += Number(text)) / (index + 1)).toFixed(2)}`
  );
  const maxima = lines.filter((line) => line.startsWith("Max: "));
  return [
    {
      when: lines.length === 0,
      words: `Is the period, ${PERIOD} s here, taken from the variable PERIOD?`,
    },
    {
      when: lines.some((line) => /NaN|undefined|Infinity/.test(line)),
      words: "It reckons with something that isn't a number.",
    },
    {
      when: lines.includes(max) && lines.includes(mean),
      words: "The figures are right, and the lines around them are not: are " +
        "there 13 hyphens, and nothing between?",
    },
    {
      when: max.includes("(100)") && maxima.length > 0 &&
        !maxima.includes(max),
      words: 'Are the values compared as texts? Then "93" comes after "100".',
    },
    {
      when: !lines.includes(mean) &&
        lines.some((line) => means.includes(line)),
      words:
        "The mean is that of all values that ever came. It should be that " +
        "of the last value of each host.",
    },
  ];
}

/** Names of machines. */
export const NAMES = ["denis", "WuJitsu", "pi-14", "labo_b", "salle12"];

/** The last of the three lines. */
export const RULE = "-------------";

/** Machines that report twice in each period. Disposing of them ends that. */
export class Hosts implements AsyncDisposable {
  readonly #broker: RecordingBroker;
  readonly #payloads = new Map<string, string>();
  readonly #timer = setInterval(() => this.#reportAll(), PERIOD * 1000 / 2);
  #reports: Promise<void> = Promise.resolve();

  constructor(broker: RecordingBroker) {
    this.#broker = broker;
  }

  /** From now on a machine reports this. */
  report(name: string, payload: number | string): void {
    this.#payloads.set(name, String(payload));
    this.#publish(name, String(payload));
  }

  /** From now on a machine reports nothing. */
  silence(name: string): void {
    this.#payloads.delete(name);
  }

  /** What is to be printed of all that report a whole percentage. */
  get figures(): string[] {
    const reports = [...this.#payloads]
      .filter(([, payload]) => /^\d+$/.test(payload) && Number(payload) <= 100)
      .map(([name, payload]) => ({ name, percent: Number(payload) }))
      .sort((a, b) => b.percent - a.percent || (a.name < b.name ? -1 : 1));
    const sum = reports.reduce((total, { percent }) => total + percent, 0);
    const [max] = reports;
    return [
      `Max: ${max?.name} (${max?.percent})`,
      `Moy: ${(sum / reports.length).toFixed(2)}`,
      RULE,
    ];
  }

  #reportAll(): void {
    for (const [name, payload] of this.#payloads) this.#publish(name, payload);
  }

  #publish(name: string, payload: string): void {
    this.#reports = this.#reports
      .then(() => this.#broker.publish(`/ex4/${name}`, payload))
      // The broker is gone: the check was given up.
      .catch(() => clearInterval(this.#timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#reports;
  }
}
