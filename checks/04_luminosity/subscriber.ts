import type { Requirement } from "../../workbook/checking/requirement.ts";
import { Hosts, NAMES, RULE, start, untilPrinted } from "./figures.ts";
import { areFrequent, areInTime, PERIOD } from "./period.ts";

/** What exercise 04 asks of the subscriber. */
export const subscriberRequirements: Requirement[] = [
  {
    id: "figures",
    words: "The subscriber prints the maximum and the mean of the last values",
    hint: 2,
    async check(trial) {
      const program = await start(trial);
      const [a = "", b = "", c = "", d = ""] = trial.random.shuffle(NAMES);
      await using hosts = new Hosts(trial.broker);
      hosts.report(a, 93);
      hosts.report(b, 100);
      hosts.report(c, 9);
      hosts.report(d, trial.random.integer(10, 40));
      await untilPrinted(trial, program, hosts);
      hosts.report(a, trial.random.integer(20, 50));
      hosts.report(b, trial.random.integer(0, 5));
      hosts.report(c, trial.random.integer(60, 89));
      hosts.report(d, trial.random.integer(6, 9));
      await untilPrinted(trial, program, hosts);
    },
  },
  {
    id: "regular",
    words: "It prints them once in each period",
    hint: 2,
    async check(trial) {
      const program = await start(trial);
      await using hosts = new Hosts(trial.broker);
      for (const name of NAMES) {
        hosts.report(name, trial.random.integer(0, 100));
      }
      const times = () =>
        program.printed.filter(({ text }) => text === RULE).map(({ at }) => at);
      const { length } = await trial.until(
        "the three lines, four times",
        () => times().length >= 4 && times(),
      );
      // Where a start takes seconds, four at once are in time.
      await trial.remains(
        `the three lines no more than once in ${PERIOD} s`,
        PERIOD * 1000,
        () => areInTime(program.startedAt, times()),
        () => [{
          when: length > 4,
          words: "It prints whenever a message comes.",
        }],
      );
      trial.expect(areFrequent(times()), `the three lines each ${PERIOD} s`);
    },
  },
  {
    id: "names",
    words: 'A host may have any name, such as "Equipe 3"',
    hint: 2,
    async check(trial) {
      const program = await start(trial);
      await using hosts = new Hosts(trial.broker);
      for (const name of trial.random.shuffle(["Equipe 3", "Zoé", "안나"])) {
        hosts.report(name, trial.random.integer(60, 90));
        await untilPrinted(trial, program, hosts);
        hosts.report(name, trial.random.integer(0, 50));
      }
    },
  },
  {
    id: "drops-out",
    words: "A host that has missed a period counts no more",
    hint: 3,
    async check(trial) {
      const program = await start(trial);
      const [a = "", b = "", c = ""] = trial.random.shuffle(NAMES);
      await using hosts = new Hosts(trial.broker);
      hosts.report(a, trial.random.integer(80, 100));
      hosts.report(b, trial.random.integer(30, 60));
      hosts.report(c, trial.random.integer(10, 29));
      await untilPrinted(trial, program, hosts);
      hosts.silence(a);
      await untilPrinted(trial, program, hosts);
    },
  },
  {
    id: "comes-back",
    words: "A host that comes back counts again",
    hint: 3,
    async check(trial) {
      const program = await start(trial);
      const [a = "", b = ""] = trial.random.shuffle(NAMES);
      await using hosts = new Hosts(trial.broker);
      hosts.report(a, trial.random.integer(70, 79));
      hosts.report(b, trial.random.integer(30, 60));
      await untilPrinted(trial, program, hosts);
      hosts.silence(a);
      await untilPrinted(trial, program, hosts);
      hosts.report(a, trial.random.integer(80, 100));
      await untilPrinted(trial, program, hosts);
    },
  },
  {
    id: "no-host",
    words: "While no host reports it prints no figures, and goes on",
    hint: 3,
    async check(trial) {
      const program = await start(trial);
      await trial.remains(
        "no figures, and that the program goes on",
        3 * PERIOD * 1000,
        () => program.code === undefined && !/Max|Moy|NaN/.test(program.stdout),
        () => [{
          when: /NaN|undefined|Infinity/.test(program.stdout),
          words: "Nothing divided by nothing is not a number.",
        }],
      );
      await using hosts = new Hosts(trial.broker);
      hosts.report(trial.random.pick(NAMES), trial.random.integer(0, 100));
      await untilPrinted(trial, program, hosts);
    },
  },
  {
    id: "junk",
    words:
      "What isn't a whole percentage is ignored, with a word on standard error",
    extra: true,
    hint: 3,
    async check(trial) {
      const program = await start(trial);
      const [a = "", b = "", ...others] = trial.random.shuffle(NAMES);
      await using hosts = new Hosts(trial.broker);
      const junk = trial.random.shuffle(["150", "-5", "99.5", "douze", ""]);
      for (const payload of junk) {
        hosts.report(others[0] ?? "", payload);
        hosts.report(a, trial.random.integer(50, 90));
        hosts.report(b, trial.random.integer(10, 40));
        await untilPrinted(trial, program, hosts);
        await trial.until(
          "a word on standard error",
          () => program.stderr.trim() !== "",
        );
      }
    },
  },
  {
    id: "ties",
    words: "Of hosts with the same value, the name that sorts first is printed",
    extra: true,
    hint: 2,
    async check(trial) {
      const program = await start(trial);
      await using hosts = new Hosts(trial.broker);
      const percent = trial.random.integer(50, 90);
      // Neither the first nor the last that reports is the first by its name.
      hosts.report("labo_b", percent);
      hosts.report("denis", percent);
      hosts.report("pi-14", percent);
      hosts.report("aula", trial.random.integer(0, 40));
      await untilPrinted(trial, program, hosts);
    },
  },
  {
    id: "subscriber-leaves",
    words: "On Ctrl-C the subscriber disconnects and ends with exit code 0",
    extra: true,
    hint: 1,
    needsSignals: true,
    async check(trial) {
      const program = await start(trial);
      await using hosts = new Hosts(trial.broker);
      hosts.report(trial.random.pick(NAMES), trial.random.integer(0, 100));
      await untilPrinted(trial, program, hosts);
      program.kill("SIGINT");
      const code = await trial.ended(program);
      trial.expect(code === 0, "exit code 0");
      await trial.packet("disconnect");
    },
  },
];
