import type { Mistakes } from "../../workbook/checking/mistake.ts";

/** Typical wrong answers to exercise 01. */
export const mistakes: Mistakes = {
  bare_payload: {
    breaks: "prints",
    words: 'Prints the message without "Reçu: "',
    edits: [["`Reçu: ${printable(text)}`", "printable(text)"]],
  },
  canned: {
    breaks: "announces",
    words: "Prints what it should, and never talks to the broker",
    text: `console.log("Connecté");
console.log("Reçu: 10.10.10.23 connecté");
`,
  },
  publishes_first: {
    breaks: "hears-itself",
    words: "Subscribes after it has published",
    edits: [
      ["  StopSignal,\n", "  publishOnce,\n  StopSignal,\n"],
      [
        "  // First subscribe: what is published before that, we would not hear.",
        "  await publishOnce(brokerUrl(), {\n" +
        "    topic: TOPIC,\n" +
        "    payload: `${address} connecté`,\n" +
        "    qos: 1,\n" +
        "  });",
      ],
      ["await client.publishAsync(TOPIC, `${address} connecté`);", ""],
    ],
  },
  wrong_topic: {
    breaks: "announces",
    words: "The topic's name has an é",
    edits: [['"exercice1"', '"exercicé1"']],
  },
};
