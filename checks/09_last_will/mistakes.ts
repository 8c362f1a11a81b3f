import type { Mistakes } from "../../workbook/checking/mistake.ts";

const OFFLINE = 'client.publish(topic, "offline", kept);';

/** Typical wrong answers to exercise 09. */
export const mistakes: Mistakes = {
  no_disconnect: {
    breaks: "leaves",
    words: "Ends without DISCONNECT, and so the will is published, too",
    edits: [[
      OFFLINE,
      'await client.publishAsync(topic, "offline", kept);\n  Deno.exit(0);',
    ]],
  },
  no_will: {
    breaks: "dies",
    words: "Says when it comes and goes, but nobody learns of its death",
    edits: [['will: { topic, payload: "offline", ...kept },', ""]],
  },
  online_before_will: {
    breaks: "covered",
    words: "Says that it is there before the broker has its will",
    edits: [
      ["import { StopSignal }", "import { publishOnce, StopSignal }"],
      [
        "await using client =",
        'await publishOnce(brokerUrl(), { topic, payload: "online", ...kept });\n' +
        "  await using client =",
      ],
      ["announce();", ""],
    ],
  },
  online_not_retained: {
    breaks: "online",
    words: "Nobody who comes later learns that it is there",
    edits: [['"online", kept', '"online", { qos: 1 }']],
  },
  online_once: {
    breaks: "returns",
    words: "Says that it is there at the first connection only",
    edits: [['client.on("connect", announce);', ""]],
  },
  only_disconnect: {
    breaks: "leaves",
    words: "Disconnects, which throws the will away, and says nothing",
    edits: [[OFFLINE, ""]],
  },
  will_elsewhere: {
    breaks: "dies",
    words: "Announces the death where nobody looks",
    edits: [["will: { topic,", "will: { topic: `devices/${name}/will`,"]],
  },
  will_not_retained: {
    breaks: "will",
    words: "Nobody who comes later learns of the death",
    edits: [['payload: "offline", ...kept', 'payload: "offline", qos: 1']],
  },
};
