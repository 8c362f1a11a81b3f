import type { Exercise } from "../../workbook/checking/requirement.ts";
import {
  ask,
  type Asked,
  isMean,
  isNothing,
  meanOf,
  randomValues,
  SENSORS,
  startMonitor,
  untilMenus,
} from "./monitor.ts";

/** How often a monitor may give the mean that was right a moment ago. */
const MOST_ROUNDS = 5;
const PAUSE = 200;

/** What exercise 07 asks for (lesson 12; document ko, section 5 b, version 2). */
export const exercise: Exercise = {
  name: "07_monitor_menu",
  programs: ["main"],
  requirements: [
    {
      id: "menu",
      words: "The program shows the menu at the start and after each answer",
      hint: 2,
      async check(trial) {
        const program = await startMonitor(trial);
        await untilMenus(trial, program, 1);
        await ask(trial, program, { sensor: 0, isRight: isNothing });
        await untilMenus(trial, program, 2);
      },
    },
    {
      id: "nothing-yet",
      words: "It says so if there is no value of a sensor yet",
      hint: 3,
      async check(trial) {
        const program = await startMonitor(trial);
        for (const sensor of SENSORS.keys()) {
          await ask(trial, program, {
            sensor,
            isRight: isNothing,
            mistakes: () => [{
              when: program.stdout.includes("NaN"),
              words: "The mean of nothing is 0 / 0, which is NaN.",
            }],
          });
        }
      },
    },
    {
      id: "means",
      words: "It prints the mean of each sensor's values, of all users",
      hint: 3,
      async check(trial) {
        const { random, broker } = trial;
        const program = await startMonitor(trial);
        const values = SENSORS.map(() => randomValues(random));
        for (const [sensor, [, key]] of SENSORS.entries()) {
          for (const value of values[sensor]!) {
            const topic = `iot/user${random.integer(1, 3)}/${key}`;
            await broker.publish(topic, `${value}`, { qos: 1 });
          }
          // Nobody has asked for these.
          await broker.publish("iot/user1/co2", "5000", { qos: 1 });
        }
        const all = values.flat();
        for (const [sensor, ofSensor] of values.entries()) {
          await ask(trial, program, {
            sensor,
            isRight: (answer) => isMean(answer, ofSensor),
            wanted: meanOf(ofSensor),
            mistakes: (answer) => [{
              when: isMean(answer, all) || isMean(answer, [...all, 5000]),
              words: "It is the mean of all sensors' values.",
            }, {
              when: isMean(answer, ofSensor.slice(-1)),
              words: "It is the last value, and not a mean.",
            }],
          });
        }
      },
    },
    {
      id: "background",
      words: "It goes on receiving while it waits for a choice",
      hint: 2,
      async check(trial) {
        const program = await startMonitor(trial);
        const values: number[] = [];
        const asked: Asked = {
          sensor: 0,
          isRight: (answer) => isMean(answer, values),
          mistakes: () => [{
            when: true,
            words: "It receives nothing while it waits for the input.",
          }],
        };
        let choices = 0;
        for (let round = 0; round < MOST_ROUNDS; round++) {
          await untilMenus(trial, program, choices + 1);
          for (const value of randomValues(trial.random)) {
            values.push(value);
            await trial.broker.publish("iot/user1/temp", `${value}`, {
              qos: 1,
            });
          }
          // A program that waits well has these values at once, and one that
          // doesn't has them after the next choice, however long we wait.
          await new Promise((resolve) => setTimeout(resolve, PAUSE));
          const wanted = meanOf(values);
          const tries = await ask(trial, program, { ...asked, wanted });
          if (tries === 1) return;
          choices += tries;
        }
        trial.fail(
          "the mean of all values that were there before the choice",
          asked.mistakes?.(""),
        );
      },
    },
    {
      id: "bad-payload",
      words: "It doesn't count a payload that is not a number, and goes on",
      hint: 3,
      async check(trial) {
        const program = await startMonitor(trial);
        const values = randomValues(trial.random);
        const texts = values.map(String);
        const payloads = [
          ...texts.slice(0, 1),
          ...trial.random.shuffle(["warm", "", "NaN", "21 °C"]),
          ...texts.slice(1),
        ];
        for (const payload of payloads) {
          await trial.broker.publish("iot/user1/humi", payload, { qos: 1 });
        }
        await ask(trial, program, {
          sensor: 1,
          isRight: (answer) => isMean(answer, values),
          wanted: meanOf(values),
          mistakes: (answer) => [{
            when: /NaN/.test(answer),
            words: "NaN plus anything is NaN: it must not be added up.",
          }, {
            when: isMean(answer, [...values, 0]) ||
              isMean(answer, [...values, 0, 21]),
            words: 'Number("") is 0: an empty payload is counted.',
          }, {
            when: isMean(answer, [...values, 21]),
            words: 'parseFloat("21 °C") is 21: the rest is ignored.',
          }],
        });
      },
    },
    {
      id: "quit",
      words: "The choice 4 disconnects, and ends it with exit code 0",
      hint: 2,
      async check(trial) {
        const program = await startMonitor(trial);
        await program.type("4");
        const code = await trial.ended(program);
        trial.expect(code === 0, "exit code 0");
        await trial.packet("disconnect");
      },
    },
    {
      id: "end-of-input",
      words: "So does the end of the input",
      hint: 2,
      async check(trial) {
        const program = await startMonitor(trial);
        await program.endInput();
        const code = await trial.ended(program, "it to end with its input");
        trial.expect(code === 0, "exit code 0");
        await trial.packet("disconnect");
      },
    },
    {
      id: "unknown-choice",
      words: "It says on standard error that it doesn't know a choice, and " +
        "shows the menu again",
      extra: true,
      hint: 2,
      async check(trial) {
        const program = await startMonitor(trial);
        await untilMenus(trial, program, 1);
        await program.type(trial.random.pick(["7", "온도", "-1", "1.5"]));
        await untilMenus(trial, program, 2);
        await trial.until(
          "a word on standard error",
          () => program.stderr !== "",
        );
        trial.expect(!program.stdout.includes("평균"), "no mean");
      },
    },
  ],
};
