import type { Mistakes } from "../../workbook/checking/mistake.ts";

const IMPORT = "import { type Message, printable, subscribe }";
const SUBSCRIBE =
  "await using gate = await subscribe(host, STATUS, onMessage, false, options);";
const TIMER =
  "const timer = setTimeout(() => done.reject(late), seconds * 1000);";
const COMMAND = "gate.client.publish(COMMAND, command, { qos: 1 });";
/** Whatever comes before the first step isn't the answer. */
const BEGUN = "hasBegun ||= text === first;\n  if (!hasBegun) return;";

/** Typical wrong answers to exercise 08. */
export const mistakes: Mistakes = {
  awaits_no_suback: {
    breaks: "subscribes-first",
    words: "Asks for the subscription and doesn't await it",
    edits: [
      [IMPORT, "import { connect, Message, printable }"],
      [
        SUBSCRIBE,
        "await using client = await connect(host, { signal: stop.signal });\n" +
        '  client.on("message", (...all) => onMessage(new Message(...all)));\n' +
        "  client.subscribe(STATUS, { qos: options.qos });\n" +
        "  const gate = { client };",
      ],
    ],
  },
  canned: {
    breaks: "opened",
    words: "Prints what a gate would say without waiting for it",
    text: `import { brokerUrl, publishOnce } from "../../lib/mod.ts";

await publishOnce(brokerUrl(), {
  topic: "tw/rocksaying/command",
  payload: "open",
  qos: 1,
});
console.log("opening");
console.log("opened");
`,
  },
  exit_code_0: {
    breaks: "timeout",
    words: "Says that the gate is stuck, and ends as if all were well",
    edits: [[
      TIMER,
      "const timer = setTimeout(() => {\n" +
      "    console.error(late.message);\n" +
      "    done.resolve();\n" +
      "  }, seconds * 1000);",
    ]],
  },
  no_timeout: {
    breaks: "timeout",
    words: "Waits for ever",
    edits: [[TIMER, ""], ["clearTimeout(timer);", ""]],
  },
  noop_is_answer: {
    breaks: "noop",
    words: "Takes whatever comes next for the answer",
    edits: [
      ['if (retain || text === "noop") return;', "if (retain) return;"],
      [BEGUN, ""],
      ["if (text === last)", "if (text !== first)"],
    ],
  },
  noop_is_patience: {
    breaks: "timeout",
    words: "Begins to count anew with each heartbeat",
    edits: [
      [
        "function onMessage({ text, retain }: Message): void {",
        "let timer: ReturnType<typeof setTimeout> | undefined;\n" +
        "function wait(): void {\n" +
        "  clearTimeout(timer);\n" +
        "  const late = new Error(`The gate didn't ${command}`);\n" +
        "  timer = setTimeout(() => done.reject(late), seconds * 1000);\n" +
        "}\n\n" +
        "function onMessage({ text, retain }: Message): void {\n" +
        "  wait();",
      ],
      [TIMER, "wait();"],
    ],
  },
  publishes_first: {
    breaks: "subscribes-first",
    words: "Sends the command, and then begins to listen",
    edits: [
      [IMPORT, "import { type Message, printable, publishOnce, subscribe }"],
      [
        SUBSCRIBE,
        "await publishOnce(host, { topic: COMMAND, payload: command, qos: 1 });\n" +
        `  ${SUBSCRIBE}`,
      ],
      [COMMAND, ""],
    ],
  },
  qos_0: {
    breaks: "command",
    words: "Publishes the command at QoS 0",
    edits: [[COMMAND, "gate.client.publish(COMMAND, command);"]],
  },
  retained_command: {
    breaks: "command",
    words: "Leaves the command for a gate that starts later",
    edits: [["command, { qos: 1 }", "command, { qos: 1, retain: true }"]],
  },
  takes_any_opened: {
    breaks: "others",
    words: "Takes the first `opened` for the answer, whoever it is for",
    edits: [[BEGUN, ""]],
  },
  takes_retained: {
    breaks: "retained",
    words: "Takes an old status that the broker has kept for the answer",
    edits: [["retain || ", ""], [BEGUN, ""]],
  },
};
