import type { Mistakes } from "../../workbook/checking/mistake.ts";

const NO_HOST =
  "if (last.size === 0) return; // No mean: one can't divide by 0.";
const TIMER = "const timer = setInterval(printFigures, period * 1000);";

/** Typical wrong answers to exercise 04. */
export const mistakes: Mistakes = {
  at_each_message: {
    breaks: "regular",
    words: "Prints whenever a message comes",
    program: "subscriber",
    edits: [
      [
        "at: performance.now() });",
        "at: performance.now() });\n    printFigures();",
      ],
      [TIMER, "const timer = undefined;"],
    ],
  },
  believes_all: {
    breaks: "junk",
    words: "Takes every number for a percentage",
    program: "subscriber",
    edits: [[
      "/^\\d{1,3}$/.test(text) && Number(text) <= 100",
      'text !== "" && Number.isFinite(Number(text))',
    ]],
  },
  compares_texts: {
    breaks: "figures",
    words: 'As texts, "93" is more than "100"',
    program: "subscriber",
    edits: [["y - x ||", "`${y}`.localeCompare(`${x}`) ||"]],
  },
  crashes_without_hosts: {
    breaks: "no-host",
    words: "A list may be empty",
    program: "subscriber",
    edits: [[NO_HOST, ""], ["max?.[0]", "max![0]"]],
  },
  first_come: {
    breaks: "ties",
    words: "Of equals, prints the one that came first",
    program: "subscriber",
    edits: [["y - x || (a < b ? -1 : 1)", "y - x"]],
  },
  first_word: {
    breaks: "names",
    words: "Takes letters and digits only for a name",
    program: "subscriber",
    edits: [[
      "topic.slice(ROOT.length);",
      '/^\\w+/.exec(topic.slice(ROOT.length))?.[0] ?? "";',
    ]],
  },
  gone_for_good: {
    breaks: "comes-back",
    words: "Who has once been silent is shut out",
    program: "subscriber",
    edits: [
      [
        "const last = new Map",
        "const gone = new Set<string>();\nconst last = new Map",
      ],
      [
        "if (at < oldest) last.delete(host);",
        "if (at < oldest && last.delete(host)) gone.add(host);",
      ],
      ["last.set(host,", "if (!gone.has(host)) last.set(host,"],
    ],
  },
  greatest_ever: {
    breaks: "figures",
    words: "The maximum never falls",
    program: "subscriber",
    edits: [
      [
        "const last = new Map",
        "let best: [string, { percent: number }] | undefined;\nconst last = new Map",
      ],
      [
        "console.log(printable(`Max: ${max?.[0]} (${max?.[1].percent})`));",
        "if (max![1].percent > (best?.[1].percent ?? -1)) best = max;\n" +
        "  console.log(`Max: ${best?.[0]} (${best?.[1].percent})`);",
      ],
    ],
  },
  mean_of_all: {
    breaks: "figures",
    words: "The mean is that of all values so far",
    program: "subscriber",
    edits: [
      [
        "const last = new Map",
        "const all: number[] = [];\nconst last = new Map",
      ],
      ["last.set(host,", "all.push(Number(text));\n    last.set(host,"],
      [
        "sum / last.size",
        "all.reduce((one, other) => one + other) / all.length",
      ],
    ],
  },
  mean_of_nothing: {
    breaks: "no-host",
    words: 'Prints "Moy: NaN"',
    program: "subscriber",
    edits: [[NO_HOST, ""]],
  },
  never_forgets: {
    breaks: "drops-out",
    words: "A host that is silent counts for ever",
    program: "subscriber",
    edits: [[
      "for (const [host, { at }] of last) if (at < oldest) last.delete(host);",
      "",
    ]],
  },
  no_pause: {
    breaks: "period",
    words: "Publishes as fast as it can",
    program: "publisher",
    edits: [["period * 1000", "0"]],
  },
  no_slash: {
    breaks: "publishes",
    words: "The topic begins without its slash",
    program: "publisher",
    edits: [["`/ex4/", "`ex4/"]],
  },
  one_decimal: {
    breaks: "figures",
    words: "The mean has one decimal",
    program: "subscriber",
    edits: [["toFixed(2)", "toFixed(1)"]],
  },
  only_once: {
    breaks: "period",
    words: "Publishes one value and leaves",
    program: "publisher",
    edits: [
      [
        "const timer = setInterval(publishLight, period * 1000, client, light);",
        "",
      ],
      [
        "await Promise.race([stop.requested, client.refused]);",
        "await publishLight(client, light);",
      ],
      ["clearInterval(timer);", ""],
    ],
  },
  silent_is_dark: {
    breaks: "drops-out",
    words: "A host that is silent counts as 0",
    program: "subscriber",
    edits: [["last.delete(host)", "last.set(host, { percent: 0, at })"]],
  },
  ten_seconds: {
    breaks: "regular",
    words: "Its period is always 10 s",
    program: "subscriber",
    edits: [[TIMER, "const timer = setInterval(printFigures, 10_000);"]],
  },
  with_decimals: {
    breaks: "whole",
    words: "Publishes what the sensor gives",
    program: "publisher",
    edits: [["Math.round(luminosity)", "luminosity"]],
  },
};
