import type { Mistakes } from "../../workbook/checking/mistake.ts";

const MEMORY = "const low = new Set<string>();";
const FALLS = "percent < LOW && !low.has(device)";
const RISES = "percent > RECOVERED && low.has(device)";

/** Typical wrong answers to exercise 10. */
export const mistakes: Mistakes = {
  alerts_only_once: {
    breaks: "alerts-again",
    words: "Forgets that a device may fall again",
    edits: [
      [MEMORY, `${MEMORY}\nconst recovered = new Set<string>();`],
      [RISES, `${RISES} && !recovered.has(device)`],
      ["low.delete(device)", "recovered.add(device)"],
    ],
  },
  canned: {
    breaks: "alerts",
    words: "Prints the lines of the page",
    text: `import { brokerUrl, subscribe } from "../../lib/mod.ts";

console.log("Alert: pump-3 is at 19 %");
console.log("Recovered: pump-3 is at 26 %");
await subscribe(brokerUrl(), "fleet/+/battery", () => {});
`,
  },
  compares_texts: {
    breaks: "alerts",
    words: 'As texts, "100" is less than "20"',
    edits: [
      ["const LOW = 20;", 'const LOW = "20";'],
      ["const RECOVERED = 25;", 'const RECOVERED = "25";'],
      ["number: percent", "text: percent"],
    ],
  },
  each_report: {
    breaks: "alerts-once",
    words: "Alerts at each report",
    edits: [[FALLS, "percent < LOW"]],
  },
  falls_from_high: {
    breaks: "first-report",
    words: "Compares with a value before, which may be missing",
    edits: [
      [MEMORY, `${MEMORY}\nconst before = new Map<string, number>();`],
      [
        `if (${FALLS})`,
        "const fell = percent < LOW && (before.get(device) ?? 0) >= LOW;\n" +
        "  before.set(device, percent);\n" +
        "  if (fell)",
      ],
    ],
  },
  limits_included: {
    breaks: "hysteresis",
    words: "20 % isn't below 20 %, and 25 % isn't above 25 %",
    edits: [["percent < LOW", "percent <= LOW"], [
      "percent > RECOVERED",
      "percent >= RECOVERED",
    ]],
  },
  one_limit: {
    breaks: "hysteresis",
    words: "A device recovers as soon as it is at 20 %",
    edits: [["percent > RECOVERED", "percent >= LOW"]],
  },
  one_state: {
    breaks: "devices",
    words: "One variable for all devices",
    edits: [
      [FALLS, "percent < LOW && low.size === 0"],
      [RISES, "percent > RECOVERED && low.size > 0"],
      ["low.delete(device)", "low.clear()"],
    ],
  },
  reads_what_it_can: {
    breaks: "junk",
    words: 'Of "12 V" it reads the 12',
    edits: [
      ["number: percent", "text"],
      [
        "const [, device",
        "const percent = parseFloat(text);\n  const [, device",
      ],
    ],
  },
  recovers_from_nothing: {
    breaks: "recovers",
    words: "Says of devices that never were low that they recovered",
    edits: [
      [MEMORY, `${MEMORY}\nconst well = new Set<string>();`],
      [RISES, "percent > RECOVERED && !well.has(device)"],
      ["low.add(device);", "low.add(device);\n    well.delete(device);"],
      ["low.delete(device);", "low.delete(device);\n    well.add(device);"],
    ],
  },
  skips_retained: {
    breaks: "retained",
    words: "Takes what the broker has kept for old news",
    edits: [[
      "number: percent }: Message): void {",
      "number: percent, retain }: Message): void {\n  if (retain) return;",
    ]],
  },
  whole_fleet: {
    breaks: "only-battery",
    words: "Takes every message of the fleet for a battery's",
    edits: [['"fleet/+/battery"', '"fleet/#"']],
  },
  wrong_wildcard: {
    breaks: "alerts",
    words: "A * is no wildcard of MQTT",
    edits: [['"fleet/+/battery"', '"fleet/*/battery"']],
  },
};
