/**
 * Steps that several checks of exercise 05 share.
 *
 * @module
 */
import { excerpt } from "../../lib/printable.ts";
import { GpioButton } from "../../workbook/checking/gpio_button.ts";
import type { StudentProgram } from "../../workbook/checking/student_program.ts";
import type { KnownMistake } from "../../workbook/checking/finding.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

/** Where the presses are told. */
export const TOPIC = "exercice5";

const LINE = "Message envoyé";

/** Who may come in: the document's user, and one more. */
export const USERS = { info: "Password1234", labo: "p@ss/5 été" };

/** How long to watch that nothing more is printed, in milliseconds. */
const WATCH = 700;

/** The address of the broker with a user and a password in it. */
export function withLogin(
  trial: Trial,
  user = "info",
  password = USERS.info,
): string {
  const login = [user, password].map(encodeURIComponent).join(":");
  return trial.broker.url.replace("//", `//${login}@`);
}

/** Waits until the program has logged in with a user and a password. */
export async function loggedIn(
  trial: Trial,
  user: keyof typeof USERS,
): Promise<void> {
  await using button = new GpioButton();
  const url = withLogin(trial, user, USERS[user]);
  trial.start("main", { ...button.startOptions, url });
  await trial.packet(
    "connect",
    ({ username, password }) =>
      username === user && password?.toString() === USERS[user],
    `a CONNECT with the user "${user}" and the password "${USERS[user]}"`,
    () => {
      const [connect] = trial.sent("connect");
      return [
        {
          when: connect !== undefined && connect.username === undefined,
          words: "It connects without a user.",
        },
        {
          when: connect?.username === "info",
          words: "User and password stand in the program: MQTT_URL has others.",
        },
      ];
    },
  );
}

/** How often the program has printed that a message is sent. */
export function countLines(program: StudentProgram): number {
  return program.lines.filter((line) => line.trim() === LINE).length;
}

/**
 * Watches for a while that the program prints its line so often, and no more.
 *
 * @param count How often it should have printed it.
 * @param mistake What it looks like if it prints it more often.
 */
export async function remainsPrinted(
  trial: Trial,
  program: StudentProgram,
  count: number,
  mistake: string,
): Promise<void> {
  await trial.remains(
    count === 0
      ? `no line "${LINE}" before the broker's PUBCOMP`
      : `the line "${LINE}" once for each press, ${count} in all`,
    WATCH,
    () => countLines(program) === count,
    () => [{ when: countLines(program) > count, words: mistake }],
  );
}

/** Waits until the program has printed its line so often, and watches on. */
export async function untilPrinted(
  trial: Trial,
  program: StudentProgram,
  count: number,
): Promise<void> {
  await trial.until(
    `the line "${LINE}" once for each press, ${count} in all`,
    () => countLines(program) >= count,
    () => [
      {
        when: /message envoy[eé]/i.test(program.stdout) &&
          countLines(program) === 0,
        words: `The line is "${LINE}", letter by letter.`,
      },
      {
        when: countLines(program) > 0,
        words: "It prints the line, but not for each press.",
      },
      ...publishMistakes(trial),
      {
        when: trial.sent("pubrel").length > 0 && program.lines.length > 0,
        words: `It prints ${excerpt(program.lines[0] ?? "")} in its place.`,
      },
    ],
  );
  const mistake = "It prints the line more than once for a press.";
  await remainsPrinted(trial, program, count, mistake);
}

/** What a program may do wrong when it publishes. */
export function publishMistakes(trial: Trial): KnownMistake[] {
  const sent = trial.sent("publish");
  const elsewhere = sent.find(({ topic }) => topic !== TOPIC);
  const lower = sent.find(({ qos }) => qos !== 2);
  return [
    {
      when: elsewhere !== undefined,
      words: `It publishes on "${elsewhere?.topic}".`,
    },
    {
      when: lower !== undefined,
      words: `It publishes at QoS ${lower?.qos}.`,
    },
  ];
}
