/**
 * The gate that the check of exercise 08 plays.
 *
 * @module
 */
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

/** Where the gate says what it does. */
export const STATUS = "tw/rocksaying/status";
/** Where it is told what to do. */
export const COMMAND = "tw/rocksaying/command";

/** Starts the program with more time than a check takes on a busy machine. */
export function startPatient(
  trial: Trial,
  args: string[] = [],
): StudentProgram {
  return trial.start("main", { variables: { GATE_TIMEOUT: "30" }, args });
}

/** Waits until the program has sent as many messages to the gate. */
export async function untilCommand(trial: Trial, count = 1): Promise<void> {
  await trial.until(
    `a message on ${COMMAND}`,
    () =>
      trial.broker.messages
        .filter(({ topic }) => topic === COMMAND).length >= count,
  );
}

/** Publishes what the gate would. */
export async function say(trial: Trial, ...statuses: string[]): Promise<void> {
  for (const status of statuses) {
    await trial.broker.publish(STATUS, status, { qos: 1 });
  }
}

/** Waits until the program has ended well, and has printed both steps. */
export function expectOpened(
  trial: Trial,
  program: StudentProgram,
  mistakes?: () => KnownMistake[],
): Promise<void> {
  return expectLines(trial, program, ["opening", "opened"], mistakes);
}

/** Waits until the program has ended well, and compares what it printed. */
export async function expectLines(
  trial: Trial,
  program: StudentProgram,
  lines: string[],
  mistakes?: () => KnownMistake[],
): Promise<void> {
  const code = await trial.ended(program);
  trial.expect(
    program.lines.join("\n") === lines.join("\n"),
    `the lines ${lines.map((line) => `"${line}"`).join(" and ")}`,
    mistakes,
  );
  trial.expect(code === 0, "exit code 0");
}
