import type { Mistakes } from "../../workbook/checking/mistake.ts";

/** How the solution sends a message, and tells when it has been confirmed. */
const SEND = `client.publish(TOPIC, "clic", { qos: 2 }, (error) => {
        if (error) console.error(\`Not sent: \${error.message}\`);
        else console.log("Message envoyé");
      });`;
const PUBLISH = 'client.publish(TOPIC, "clic", { qos: 2 });';
const CONNECT = "connect(brokerUrl(), {";

/** Typical wrong answers to exercise 05. */
export const mistakes: Mistakes = {
  canned: {
    breaks: "confirmed",
    words: "Prints that it has sent what it never sends",
    edits: [[SEND, 'console.log("Message envoyé");']],
  },
  ends_with_0: {
    breaks: "refused",
    words: "Ends as if all were well",
    edits: [[
      "exitWithError(error);",
      "console.error((error as Error).message);\n  Deno.exit(0);",
    ]],
  },
  forgets_the_rest: {
    breaks: "leaves",
    words: "On Ctrl-C, doesn't wait for what is under way",
    edits: [[
      "using stop =",
      'Deno.addSignalListener("SIGINT", () => Deno.exit(0));\nusing stop =',
    ]],
  },
  no_login: {
    breaks: "logs-in",
    words: "Takes the broker's name and port, but not the login",
    edits: [[CONNECT, "connect(new URL(brokerUrl()).host, {"]],
  },
  password_in_program: {
    breaks: "other-login",
    words: "User and password stand in the program",
    edits: [[
      CONNECT,
      "connect(new URL(brokerUrl()).host, {\n" +
      '    username: "info",\n' +
      '    password: "Password1234",',
    ]],
  },
  prints_at_each_packet: {
    breaks: "each",
    words: "Prints a line for each of the broker's two answers",
    edits: [
      [SEND, PUBLISH],
      [
        "const sendPresses",
        'client.on("packetreceive", ({ cmd }) => {\n' +
        '    if (cmd !== "pubrec" && cmd !== "pubcomp") return;\n' +
        '    console.log("Message envoyé");\n' +
        "  });\n" +
        "  const sendPresses",
      ],
    ],
  },
  prints_at_once: {
    breaks: "confirmed",
    words: "Prints when it has called publish",
    edits: [[SEND, `${PUBLISH}\n      console.log("Message envoyé");`]],
  },
  prints_at_pubrec: {
    breaks: "confirmed",
    words: "Prints at PUBREC, the second of the four packets",
    edits: [
      [SEND, PUBLISH],
      [
        "const sendPresses",
        'client.on("packetreceive", ({ cmd }) => {\n' +
        '    if (cmd === "pubrec") console.log("Message envoyé");\n' +
        "  });\n" +
        "  const sendPresses",
      ],
    ],
  },
  prints_once: {
    breaks: "each",
    words: "Listens for one confirmation only",
    edits: [
      [SEND, 'client.publish(TOPIC, "clic", { qos: 2 }, () => confirm());'],
      [
        "const sendPresses",
        "const { promise, resolve: confirm } = Promise.withResolvers<void>();\n" +
        '  promise.then(() => console.log("Message envoyé"));\n' +
        "  const sendPresses",
      ],
    ],
  },
  qos_1: {
    breaks: "qos-2",
    words: "Publishes at QoS 1",
    edits: [["{ qos: 2 }", "{ qos: 1 }"]],
  },
  tries_for_ever: {
    breaks: "refused",
    words: "Tries the same password again and again",
    edits: [
      [
        "using stop =",
        "async function insist(\n" +
        "  ...args: Parameters<typeof connect>\n" +
        "): ReturnType<typeof connect> {\n" +
        "  const pause = () => new Promise((done) => setTimeout(done, 1000));\n" +
        "  return await connect(...args).catch(async () => {\n" +
        "    await pause();\n" +
        "    return await insist(...args);\n" +
        "  });\n" +
        "}\n\n" +
        "using stop =",
      ],
      [`await ${CONNECT}`, "await insist(brokerUrl(), {"],
    ],
  },
  uncaught: {
    breaks: "refused",
    words: "Leaves the error to Deno, which prints where it happened",
    edits: [["exitWithError(error);", "throw error;"]],
  },
  wrong_topic: {
    breaks: "qos-2",
    words: "Publishes on the topic of exercise 2",
    edits: [['"exercice5"', '"exercice2"']],
  },
};
