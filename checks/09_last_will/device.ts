/**
 * How the check of exercise 09 starts a device and watches its status.
 *
 * @module
 */
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

/** How long a message that is one too many may take to come, in milliseconds. */
const WATCHED = 500;

/** Starts a device with a name by chance. */
export function startDevice(
  trial: Trial,
): { program: StudentProgram; topic: string } {
  const [name = ""] = trial.random.hosts(1);
  const program = trial.start("main", { args: [name] });
  return { program, topic: `devices/${name}/status` };
}

/** Waits until these, and no others, have been published on a topic. */
export async function untilStatuses(
  trial: Trial,
  topic: string,
  statuses: string[],
): Promise<void> {
  const seen = () =>
    trial.broker.messages
      .filter((message) => message.topic === topic)
      .map(({ text }) => text);
  const expected = `${
    statuses.map((text) => `"${text}"`).join(", ")
  } on ${topic}`;
  await trial.until(expected, () => seen().length >= statuses.length, () => [{
    when: trial.broker.messages.length > seen().length,
    words: "There is a message on another topic.",
  }]);
  await trial.remains(
    `${expected}, and nothing else`,
    WATCHED,
    () => seen().join() === statuses.join(),
  );
}

/** Waits for what a new subscriber is told. */
export async function expectKept(
  trial: Trial,
  topic: string,
  status: string,
): Promise<void> {
  const kept = await trial.broker.retained(topic);
  trial.expect(
    kept?.text === status && kept.retain,
    `"${status}" for whoever subscribes to ${topic} later`,
    () => [{
      when: kept === undefined,
      words: "The broker has kept nothing: is the message retained?",
    }, {
      when: true,
      words: `The broker has kept "${kept?.text}".`,
    }],
  );
}
