import { excerpt } from "../../lib/printable.ts";
import type { Exercise } from "../../workbook/checking/requirement.ts";
import type { Trial } from "../../workbook/checking/trial.ts";

const TOPIC = "exercice1";
const PRESENCE = /^(\d{1,3}\.){3}\d{1,3} connecté$/;

/** Whether the first packet of one kind went through before that of another. */
function isBefore(trial: Trial, first: string, second: string): boolean {
  const [one, other] = [first, second].map((command) =>
    trial.broker.packets.findIndex(({ packet }) => packet.cmd === command)
  );
  return one! >= 0 && (other! < 0 || one! < other!);
}

/** What exercise 01 asks for (document fr, exercise 1). */
export const exercise: Exercise = {
  name: "01_presence",
  programs: ["main"],
  permissions: ["--allow-sys=networkInterfaces"],
  requirements: [
    {
      id: "announces",
      words:
        'The program publishes "10.10.10.X connecté", with its own address, on exercice1',
      hint: 1,
      async check(trial) {
        trial.start();
        const { topic, payload } = await trial.packet(
          "publish",
          () => true,
          `a message on ${TOPIC}`,
        );
        trial.expect(topic === TOPIC, `the message to be on ${TOPIC}`, () => [{
          when: topic.toLowerCase() === TOPIC,
          words: "Topics are compared letter by letter: case counts.",
        }, {
          when: true,
          words: `It publishes on "${topic}": topics are compared letter by ` +
            "letter.",
        }]);
        const text = payload.toString();
        trial.expect(
          PRESENCE.test(text),
          'an address of four numbers, then " connecté"',
          () => [{
            when: text.endsWith("connecte"),
            words: "The last letter is é.",
          }, {
            when: text.startsWith("10.10.10.X"),
            words: "The X stands for your own machine's number.",
          }],
        );
      },
    },
    {
      id: "prints",
      words: 'It prints each message of exercice1 as "Reçu: …"',
      hint: 2,
      async check(trial) {
        const program = trial.start();
        await trial.subscribed(TOPIC);
        const lines = [trial.random.line(), trial.random.line()];
        const before = program.lines.length;
        for (const line of lines) await trial.broker.publish(TOPIC, line);
        for (const line of lines) {
          await trial.until(
            `the line "Reçu: ${line}"`,
            () => program.lines.includes(`Reçu: ${line}`),
            () => [{
              when: program.lines.includes(`Reçu:  ${line}`),
              words:
                "There are two blanks: console.log puts one between what " +
                'it is given, so give it "Reçu:" without one.',
            }, {
              when: program.lines.includes(line),
              words: 'The text "Reçu: " is missing before the message.',
            }, {
              when: program.stdout.includes("Recu"),
              words: "The third letter is ç.",
            }, {
              when: program.lines.length > before,
              words: `It prints ${excerpt(program.lines.at(-1) ?? "")} in ` +
                "its place.",
            }],
          );
        }
      },
    },
    {
      id: "hears-itself",
      words:
        "It subscribes before it publishes, and so receives its own message",
      hint: 3,
      async check(trial) {
        const program = trial.start();
        await trial.until(
          'the line "Reçu: … connecté", its own message',
          () => program.lines.some((line) => /^Reçu: .* connecté$/.test(line)),
          () => [
            {
              when: isBefore(trial, "publish", "suback"),
              words:
                "It publishes before the broker has confirmed the subscription: " +
                "is there an await before subscribe?",
            },
            {
              when: /connecté/.test(program.stdout),
              words: 'It receives it, and prints something else than "Reçu: ".',
            },
          ],
        );
      },
    },
    {
      id: "leaves",
      needsSignals: true,
      words: "On Ctrl-C it disconnects and ends with exit code 0",
      extra: true,
      hint: 3,
      async check(trial) {
        const program = trial.start();
        await trial.subscribed(TOPIC);
        await trial.message("its announcement", ({ topic }) => topic === TOPIC);
        program.kill("SIGINT");
        const code = await trial.ended(program);
        trial.expect(code === 0, "exit code 0");
        await trial.packet("disconnect");
      },
    },
  ],
};
