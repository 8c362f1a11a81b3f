import { GpioButton } from "../../workbook/checking/gpio_button.ts";
import type { Exercise } from "../../workbook/checking/requirement.ts";
import {
  countLines,
  loggedIn,
  publishMistakes,
  remainsPrinted,
  TOPIC,
  untilPrinted,
  USERS,
  withLogin,
} from "./steps.ts";

const broker = { users: USERS };

/** What exercise 05 asks for (document fr, exercise 5). */
export const exercise: Exercise = {
  name: "05_qos2_authentication",
  programs: ["main"],
  requirements: [
    {
      id: "logs-in",
      words: "The program logs in with the user info and its password",
      hint: 1,
      broker,
      check: (trial) => loggedIn(trial, "info"),
    },
    {
      id: "other-login",
      words: "It takes user and password from MQTT_URL, also those of another",
      hint: 1,
      broker,
      check: (trial) => loggedIn(trial, "labo"),
    },
    {
      id: "qos-2",
      words:
        "It publishes on exercice5 at QoS 2 when the button is pressed, and completes the exchange",
      hint: 2,
      broker,
      async check(trial) {
        await using button = new GpioButton();
        await button.start(trial, withLogin(trial));
        await button.press();
        const { messageId } = await trial.packet(
          "publish",
          ({ topic, qos }) => topic === TOPIC && qos === 2,
          `a PUBLISH on ${TOPIC} at QoS 2`,
          () => publishMistakes(trial),
        );
        await trial.packet(
          "pubrel",
          (packet) => packet.messageId === messageId,
          "a PUBREL for it",
        );
      },
    },
    {
      id: "confirmed",
      words:
        'It prints "Message envoyé" when the broker has confirmed the whole exchange, not before',
      hint: 3,
      broker,
      async check(trial) {
        await using button = new GpioButton();
        const program = await button.start(trial, withLogin(trial));
        const received = trial.broker.withhold(({ packet }) =>
          packet.cmd === "pubrec"
        );
        await button.press();
        await trial.packet(
          "publish",
          ({ topic }) => topic === TOPIC,
          `a PUBLISH on ${TOPIC}`,
          () => [...publishMistakes(trial), {
            when: countLines(program) > 0,
            words: "It prints the line and sends nothing.",
          }],
        );
        await remainsPrinted(
          trial,
          program,
          0,
          "It prints as soon as it has called publish.",
        );
        received.release();
        const completed = trial.broker.withhold(({ packet }) =>
          packet.cmd === "pubcomp"
        );
        await trial.packet(
          "pubrel",
          () => true,
          "a PUBREL",
          () => publishMistakes(trial),
        );
        await remainsPrinted(
          trial,
          program,
          0,
          "It prints at PUBREC, in the middle of the exchange.",
        );
        completed.release();
        await untilPrinted(trial, program, 1);
      },
    },
    {
      id: "each",
      words: "It sends a message and prints its line once for each press",
      hint: 2,
      broker,
      async check(trial) {
        await using button = new GpioButton();
        const program = await button.start(trial, withLogin(trial));
        const presses = trial.random.integer(3, 6);
        await button.click(presses);
        await untilPrinted(trial, program, presses);
        const sent = trial.sent("publish")
          .filter(({ topic, dup }) => topic === TOPIC && !dup);
        trial.expect(
          sent.length === presses,
          `${presses} messages on ${TOPIC}, one for each press`,
        );
      },
    },
    {
      id: "refused",
      words:
        "A wrong password ends it with one line on standard error and exit code 1",
      extra: true,
      hint: 3,
      broker,
      async check(trial) {
        await using button = new GpioButton();
        const url = withLogin(trial, "info", trial.random.line());
        const program = trial.start("main", { ...button.startOptions, url });
        const code = await trial.ended(
          program,
          "the program to end, because the broker refuses its password",
          () => [{
            when: trial.sent("connect").length > 1,
            words: "It tries the same password again and again.",
          }],
        );
        trial.expect(code === 1, "exit code 1");
        trial.expect(
          /^[^\n]+\n$/.test(program.stderr.replaceAll("\r", "")),
          "one line on standard error",
          () => [{
            when: program.stderr.includes("    at "),
            words: "It doesn't catch the error: Deno prints where it happened.",
          }],
        );
        trial.expect(
          countLines(program) === 0,
          'no line "Message envoyé": nothing was sent',
        );
      },
    },
    {
      id: "leaves",
      words:
        "On Ctrl-C it completes what it has begun, disconnects and ends with exit code 0",
      extra: true,
      hint: 3,
      needsSignals: true,
      broker,
      async check(trial) {
        await using button = new GpioButton();
        const program = await button.start(trial, withLogin(trial));
        const completed = trial.broker.withhold(({ packet }) =>
          packet.cmd === "pubcomp"
        );
        await button.press();
        await trial.packet("pubrel");
        program.kill("SIGINT");
        await remainsPrinted(
          trial,
          program,
          0,
          "It prints before the broker has confirmed.",
        );
        completed.release();
        const code = await trial.ended(program);
        await untilPrinted(trial, program, 1);
        trial.expect(code === 0, "exit code 0");
        await trial.packet("disconnect");
      },
    },
  ],
};
