import type { Slips } from "../../workbook/checking/mistake.ts";

const BUTTON =
  "await using button = await Button.open({ signal: stop.signal });";
const CONNECT = "await using client = await connect(brokerUrl(), {";

/** Slips of beginners in exercise 05. */
export const slips: Slips = {
  button_without_await: {
    words: "Takes the promise for the button",
    edits: [[BUTTON, "const button = Button.open({ signal: stop.signal });"]],
    says: ["await is missing", "button"],
  },
  calls_itself: {
    words: "A function calls itself without end",
    edits: [
      [
        "using stop =",
        "function topic(): string {\n  return topic();\n}\n\nusing stop =",
      ],
      ["client.publish(TOPIC,", "client.publish(topic(),"],
    ],
    says: ["calls itself without end", /main\.ts:\d+/],
  },
  connect_without_await: {
    words: "Takes the promise for the client",
    edits: [[CONNECT, "const client = connect(brokerUrl(), {"]],
    says: ["await is missing", /Promise<Client>/],
  },
  object_as_payload: {
    words: "Publishes an object",
    edits: [[
      'client.publish(TOPIC, "clic",',
      "client.publish(TOPIC, { clic: 1 },",
    ]],
    says: ["payload is text"],
  },
  other_language: {
    words: "Prints the line in English",
    edits: [['"Message envoyé"', '"Message sent"']],
    says: ['the line "Message envoyé"', "Message sent"],
  },
  password_in_program: {
    words: "User and password stand in the program",
    edits: [[
      "connect(brokerUrl(), {",
      "connect(new URL(brokerUrl()).host, {\n" +
      '    username: "info",\n' +
      '    password: "Password1234",',
    ]],
    says: ["User and password stand in the program"],
  },
  qos_1: {
    words: "Publishes at QoS 1",
    edits: [["{ qos: 2 }", "{ qos: 1 }"]],
    says: ["at QoS 1"],
  },
  qos_as_text: {
    words: "The QoS stands in quotes",
    edits: [["{ qos: 2 }", '{ qos: "2" }']],
    says: ["QoS is a number"],
  },
};
