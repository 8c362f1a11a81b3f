/**
 * Steps that several checks of the chat share.
 *
 * @module
 */
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

/** Where everyone talks. */
export const TOPIC = "exercice3";

/** Starts the program, and waits until it has printed a message. */
export async function startListening(trial: Trial): Promise<StudentProgram> {
  const program = trial.start();
  await trial.subscribed(TOPIC);
  const line = trial.random.line();
  await trial.broker.publish(TOPIC, line);
  await trial.until(
    `the message "${line}" to be printed`,
    () => program.stdout.includes(line),
  );
  return program;
}

/** Waits until a text is published on the topic of the chat. */
export async function heard(
  trial: Trial,
  expected: string,
  wanted: RegExp | string,
): Promise<void> {
  const isWanted = (text: string) =>
    typeof wanted === "string" ? text === wanted : wanted.test(text);
  await trial.message(
    expected,
    ({ topic, text }) => topic === TOPIC && isWanted(text),
    () => knownMistakes(trial, wanted),
  );
}

function knownMistakes(trial: Trial, wanted: RegExp | string): KnownMistake[] {
  const elsewhere = trial.sent("publish").find(({ topic }) => topic !== TOPIC);
  const texts = trial.published(TOPIC);
  const isSent = (find: (text: string, line: string) => boolean) =>
    typeof wanted === "string" && texts.some((text) => find(text, wanted));
  return [
    {
      when: elsewhere !== undefined,
      words: `It publishes on "${elsewhere?.topic}".`,
    },
    {
      when: typeof wanted !== "string" &&
        texts.some((text) => /arrive$|quitte$/.test(text)),
      words: "The last letter is é.",
    },
    {
      when: isSent((text, line) => text === asLatin1(line)),
      words: "It doesn't read the bytes of the line as UTF-8.",
    },
    {
      when: isSent((text, line) => text.includes(line)),
      words: "The message is the line that was typed, and nothing else.",
    },
    {
      when: isSent((text, line) => text !== "" && line.startsWith(text)),
      words:
        "It takes each piece of its input for a line. A line ends with \\n.",
    },
  ];
}

/** A text whose bytes are UTF-8, read as if each were a letter. */
function asLatin1(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
