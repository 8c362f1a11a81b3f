import type { Slips } from "../../workbook/checking/mistake.ts";

const SUBSCRIBE = "await using subscription = await subscribe(";
const PRINT = "({ text }) => console.log(`Reçu: ${printable(text)}`)";
const PUBLISH = "await client.publishAsync(TOPIC, `${address} connecté`);";

/** Slips of beginners in exercise 01. */
export const slips: Slips = {
  address_in_program: {
    words: "The broker's address is written into the program",
    edits: [["    brokerUrl(),\n", '    "mqtt://localhost:1883",\n']],
    says: ["localhost:1883", "brokerUrl()"],
  },
  double_blank: {
    words: 'console.log puts a blank after "Reçu: "',
    edits: [["`Reçu: ${printable(text)}`", '"Reçu: ", printable(text)']],
    says: ["two blanks", "console.log"],
  },
  ends_at_once: {
    words: "Prints what it should, and does nothing else",
    edits: [[
      SUBSCRIBE,
      'console.log("Connecté");\n  Deno.exit();\n  ' + SUBSCRIBE,
    ]],
    says: ["ended at once", "Deno.exit"],
  },
  exits_after_publish: {
    words: "Leaves before the message has left",
    edits: [
      [
        PUBLISH,
        "client.publish(TOPIC, `${address} connecté`);\n  Deno.exit(0);",
      ],
    ],
    says: ["ended by itself", "Deno.exit"],
  },
  misspelt_import: {
    words: "Imports a name that the toolkit hasn't",
    edits: [["  subscribe,\n", "  subcribe,\n"]],
    says: ['no "subcribe"', '"subscribe"'],
  },
  missing_await: {
    words: "Takes the promise for the subscription",
    edits: [[SUBSCRIBE, "const subscription = subscribe("]],
    says: ["await is missing", /Promise<Subscription>/],
  },
  missing_bracket: {
    words: "A bracket isn't closed",
    edits: [["`${address} connecté`);", "`${address} connecté`;"]],
    says: ["can't be read", "bracket", "SyntaxError"],
  },
  python_pasted: {
    words: "The document's program in Python",
    text: `import paho.mqtt.client as mqtt

def on_message(client, userdata, message):
    print("Reçu:", message.payload.decode())

client = mqtt.Client()
client.on_message = on_message
client.connect("localhost", 1883)
client.subscribe("exercice1")
client.publish("exercice1", "10.10.10.23 connecté")
client.loop_forever()
`,
    says: ["This is Python"],
  },
  subscribe_for_ever: {
    words: "Subscribes for ever, and publishes after that",
    edits: [
      [SUBSCRIBE, "await subscribe("],
      ["    false,\n", "    true,\n"],
      [
        "  const { client } = subscription;\n",
        "  const client = await connect(brokerUrl());\n",
      ],
      ["  brokerUrl,\n", "  brokerUrl,\n  connect,\n"],
    ],
    says: ["comes back only when the program ends", "false"],
  },
  throws_in_handler: {
    words: "The handler takes a text for JSON",
    edits: [[
      PRINT,
      "({ text }) => console.log(`Reçu: ${JSON.parse(text).text}`)",
    ]],
    says: [/broke off at main\.ts:\d+/, "JSON"],
  },
  wrong_import_path: {
    words: "Looks for the toolkit in another folder",
    edits: [['"../../lib/mod.ts"', '"../lib/mod.ts"']],
    says: ['the toolkit is at "../../lib/mod.ts"'],
  },
  wrong_topic: {
    words: "The topic is the English word",
    edits: [['"exercice1"', '"exercise1"']],
    says: ["exercice1", "letter by letter"],
  },
};
