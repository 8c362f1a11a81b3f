import type { Exercise } from "../../workbook/checking/requirement.ts";
import { heard, startListening, TOPIC } from "./steps.ts";

const ARRIVAL = /.+ est arrivé$/;
const LEAVING = /.+ a quitté$/;

/** How long the slow broker takes to answer a CONNECT, in milliseconds. */
const SLOW = 1000;

/** What exercise 03 asks for (document fr, exercise 3). */
export const exercise: Exercise = {
  name: "03_chat",
  programs: ["main"],
  permissions: ["--allow-sys=hostname,networkInterfaces"],
  requirements: [
    {
      id: "prints",
      words: "The program prints each message of exercice3 after two tabs",
      hint: 1,
      async check(trial) {
        const program = trial.start();
        await trial.subscribed(TOPIC);
        const texts = [trial.random.line(), trial.random.line()];
        for (const text of texts) {
          await trial.broker.publish(TOPIC, text);
          await trial.until(
            `two tabs, and then "${text}"`,
            () =>
              program.lines.some((line) =>
                line.startsWith("\t\t") && line.slice(2).trimStart() === text
              ),
            () => [
              {
                when: program.lines.some((line) => line.trim() === text),
                words: 'The line doesn\'t begin with two tabs, "\\t\\t".',
              },
              {
                when: program.stdout.trim() === "" &&
                  program.code === undefined,
                words: "It waits for a typed line, and until then it does " +
                  "nothing else.",
              },
            ],
          );
        }
      },
    },
    {
      id: "publishes",
      words: "It publishes each typed line on exercice3, as it was typed",
      hint: 2,
      async check(trial) {
        const program = trial.start();
        await trial.subscribed(TOPIC);
        const first = trial.random.line();
        const begun = `Zoé dit ${trial.random.integer(10, 99)}`;
        const second = `${begun} : ça va 🙂`;
        // One piece of input holds a line and the beginning of the next one.
        await program.write(`${first}\n${begun}`);
        await heard(trial, `the message "${first}"`, first);
        await program.write(`${second.slice(begun.length)}\n`);
        await heard(trial, `the message "${second}"`, second);
        const texts = trial.published(TOPIC);
        // A greeting in other words is a matter of the next requirement.
        const greets = texts.some((text) => ARRIVAL.test(text));
        const lines = texts.filter((text, index) =>
          !ARRIVAL.test(text) && (greets || index > 0 || text === first)
        );
        trial.expect(
          lines.join("\n") === `${first}\n${second}`,
          "one message for each line, and no other",
        );
      },
    },
    {
      id: "arrives",
      words: 'It announces "… est arrivé" on exercice3 when it starts',
      hint: 2,
      async check(trial) {
        trial.start();
        await heard(trial, 'a message that ends with " est arrivé"', ARRIVAL);
      },
    },
    {
      id: "leaves",
      words: 'It announces "… a quitté" on exercice3 when Ctrl-C ends it',
      hint: 3,
      needsSignals: true,
      async check(trial) {
        const program = await startListening(trial);
        program.kill("SIGINT");
        await heard(trial, 'a message that ends with " a quitté"', LEAVING);
      },
    },
    {
      id: "early-lines",
      words: "It loses nothing that is typed before the connection stands",
      extra: true,
      hint: 2,
      async check(trial) {
        const slow = trial.broker.withhold(({ packet }) =>
          packet.cmd === "connack"
        );
        const program = trial.start();
        const lines = [trial.random.line(), `${trial.random.line()} encore`];
        for (const line of lines) await program.type(line);
        await trial.packet("connect");
        await trial.remains(
          "the program to wait for the broker's answer",
          SLOW,
          () => program.code === undefined,
        );
        slow.release();
        for (const line of lines) {
          await heard(trial, `the message "${line}", typed early`, line);
        }
      },
    },
    {
      id: "empty-line",
      words: "It doesn't send an empty line",
      extra: true,
      hint: 2,
      async check(trial) {
        const program = trial.start();
        await trial.subscribed(TOPIC);
        const line = trial.random.line();
        await program.write(`\n${line}\n`);
        await heard(trial, `the message "${line}", typed after it`, line);
        trial.expect(!trial.published(TOPIC).includes(""), "no empty message");
      },
    },
    {
      id: "end-of-input",
      words:
        'At the end of its input it sends the last line, announces "… a quitté" and ends',
      extra: true,
      hint: 3,
      async check(trial) {
        const program = await startListening(trial);
        const line = trial.random.line();
        await program.type(line);
        await program.endInput();
        await heard(trial, `the message "${line}"`, line);
        await heard(trial, 'a message that ends with " a quitté"', LEAVING);
        const code = await trial.ended(program);
        trial.expect(code === 0, "exit code 0");
      },
    },
    {
      id: "disconnects",
      words: "On Ctrl-C it says goodbye once, disconnects and ends with 0",
      extra: true,
      hint: 3,
      needsSignals: true,
      async check(trial) {
        const program = await startListening(trial);
        program.kill("SIGINT");
        const code = await trial.ended(program);
        trial.expect(code === 0, "exit code 0");
        // Without this packet, the broker publishes the will, too.
        await trial.packet("disconnect");
        const goodbyes = trial.published(TOPIC).filter((text) =>
          LEAVING.test(text)
        );
        trial.expect(goodbyes.length === 1, 'one message "… a quitté"');
      },
    },
    {
      id: "will",
      words: 'Also when it crashes, "… a quitté" is announced on exercice3',
      extra: true,
      hint: 3,
      async check(trial) {
        const program = await startListening(trial);
        program.kill("SIGKILL");
        await heard(trial, 'the will, which ends with " a quitté"', LEAVING);
      },
    },
  ],
};
