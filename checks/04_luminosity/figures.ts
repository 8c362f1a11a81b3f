/**
 * The figures that the subscriber prints, and what can be wrong with them.
 *
 * @module
 */
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";
import type { Hosts } from "./hosts.ts";
import { PERIOD, VARIABLES } from "./period.ts";

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
