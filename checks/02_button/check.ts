import { GpioButton } from "../../workbook/checking/gpio_button.ts";
import type { Exercise } from "../../workbook/checking/requirement.ts";
import { remainsTold, TOPIC, untilTold } from "./steps.ts";

/** How long the button is held, and the slow broker thinks, in milliseconds. */
const LONG = 1500;

/** What exercise 02 asks for (document fr, exercise 2). */
export const exercise: Exercise = {
  name: "02_button",
  programs: ["main"],
  requirements: [
    {
      id: "presses",
      words:
        'The program publishes "clic" on exercice2 at each press of the button, and at nothing else',
      hint: 1,
      async check(trial) {
        await using button = new GpioButton();
        await button.start(trial);
        const presses = trial.random.integer(2, 4);
        const tooMany = "It publishes before the button is pressed.";
        await untilTold(trial, 0, { tooMany });
        for (let press = 1; press <= presses; press++) {
          await button.press();
          await untilTold(trial, press);
          await button.release();
          await remainsTold(trial, press);
        }
      },
    },
    {
      id: "held",
      words: "A button that is held down is one press",
      hint: 2,
      async check(trial) {
        await using button = new GpioButton();
        await button.start(trial);
        await button.press();
        await untilTold(trial, 1, { watch: LONG });
        await button.release();
        await remainsTold(trial, 1);
      },
    },
    {
      id: "quick",
      words: "No press is lost, however quickly they follow each other",
      hint: 2,
      async check(trial) {
        await using button = new GpioButton();
        await button.start(trial);
        const presses = trial.random.integer(4, 7);
        await button.click(presses);
        await untilTold(trial, presses);
      },
    },
    {
      id: "bounces",
      words: "A press whose contacts bounce is one press",
      extra: true,
      hint: 3,
      async check(trial) {
        await using button = new GpioButton();
        await button.start(trial);
        for (const press of [1, 2]) {
          const tooMany = "It takes each touch of the contacts for a press.";
          await button.bounce();
          await untilTold(trial, press, { tooMany });
          await button.bounce();
          await untilTold(trial, press, { tooMany });
        }
      },
    },
    {
      id: "connected",
      words: "It prints Connecté once it is connected",
      extra: true,
      hint: 1,
      async check(trial) {
        await using button = new GpioButton();
        const program = await button.start(trial);
        await trial.until(
          'the line "Connecté"',
          () => program.lines.includes("Connecté"),
          () => [{
            when: program.lines.includes("Connecte"),
            words: "The last letter is é.",
          }],
        );
      },
    },
    {
      id: "lines",
      words: "Without a GPIO, each line of piped input is a press",
      extra: true,
      hint: 1,
      async check(trial) {
        const program = trial.start();
        await trial.connected();
        const line = trial.random.line();
        // One piece of input holds several lines, some of them empty.
        const tooFew =
          "It takes each piece of its input for a line. A line ends with \\n.";
        await program.write(`${line}\n\n`);
        await untilTold(trial, 2, { tooFew });
        await program.write(`\n${line}\n${line}\n`);
        await untilTold(trial, 5, { tooFew });
      },
    },
    {
      id: "early-lines",
      words: "It loses nothing that is typed before the connection stands",
      extra: true,
      hint: 3,
      async check(trial) {
        const slow = trial.broker.withhold(({ packet }) =>
          packet.cmd === "connack"
        );
        const program = trial.start();
        await program.write("\n\n\n");
        await trial.packet("connect");
        await trial.remains(
          "the program to wait for the broker's answer",
          LONG,
          () => program.code === undefined,
        );
        slow.release();
        await untilTold(trial, 3);
      },
    },
    {
      id: "leaves",
      words: "On Ctrl-C it disconnects and ends with exit code 0",
      extra: true,
      hint: 3,
      needsSignals: true,
      async check(trial) {
        await using button = new GpioButton();
        const program = await button.start(trial);
        await button.press();
        await trial.message("a message", ({ topic }) => topic === TOPIC);
        program.kill("SIGINT");
        const code = await trial.ended(program);
        trial.expect(code === 0, "exit code 0");
        await trial.packet("disconnect");
      },
    },
  ],
};
