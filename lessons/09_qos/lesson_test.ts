import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { publishOnce } from "../../lib/mod.ts";
import { openClient, type TestClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { PAHO, subscribeWithPaho } from "../../testing/clients/paho.ts";
import { startProcess } from "../../testing/processes.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import { denoFlags } from "../../testing/deno_flags.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const TEXT = "Voici un message";
const EVERY_QOS = [0, 1, 2] as const;

test.anyBroker(
  "packets shows what each QoS sends, and when it counts as published",
  async (broker) => {
    await using subscriber = await openClient(broker.url);
    await subscriber.subscribe("#", 2);
    assertEquals(
      await lesson.run("packets", broker),
      {
        code: 0,
        stdout: [
          ...["QoS 0", "→ PUBLISH"],
          "Envoi confirmé message #1",
          ...["QoS 1", "→ PUBLISH", "← PUBACK"],
          "Envoi confirmé message #2",
          ...["QoS 2", "→ PUBLISH", "← PUBREC", "→ PUBREL", "← PUBCOMP"],
          "Envoi confirmé message #3",
          "→ DISCONNECT\n",
        ].join("\n"),
        stderr: "",
      },
    );
    assertEquals(
      await subscriber.untilReceived(3),
      EVERY_QOS.map((qos) => ({
        topic: "test",
        text: TEXT,
        qos,
        retain: false,
      })),
    );
  },
  { needs: ["QoS 2"] },
);

test.anyBroker(
  "wait_for_publish says so when the confirmation comes",
  async (broker) => {
    assertEquals(await lesson.run("wait_for_publish", broker), {
      code: 0,
      stdout: "Envoi confirmé message #1\n",
      stderr: "",
    });
  },
  { needs: ["QoS 2"] },
);

/** A broker that answers QoS 2 up to its last packet, which it withholds. */
function startBrokerWithoutPubcomp(): Promise<ScriptedBroker> {
  return startScriptedBroker(({ cmd }) =>
    cmd === "pubrel" ? "answered" : undefined
  );
}

Deno.test("wait_for_publish waits 5 s for a confirmation that doesn't come", async () => {
  await using broker = await startBrokerWithoutPubcomp();
  const waiting = lesson.run("wait_for_publish", broker);
  await within("PUBREL", broker.received("pubrel"));
  const began = performance.now();
  const { code, stdout, stderr } = await waiting;
  const seconds = (performance.now() - began) / 1000;
  assertEquals({ code, stdout, stderr }, {
    code: 1,
    stdout: "",
    stderr:
      "No confirmation within 5 s: the broker may have the message, or not\n",
  });
  assert(seconds > 4.5, `It gave up after ${seconds} s`);
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

Deno.test("wait_for_publish stops waiting when it is asked to", async () => {
  await using broker = await startBrokerWithoutPubcomp();
  await using waiting = lesson.start("wait_for_publish", broker);
  await within("PUBREL", broker.received("pubrel"));
  assertEquals(await waiting.stop(), { code: 0, stdout: "", stderr: "" });
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

Deno.test("too_early says which QoS there are", async () => {
  const args = ["3"];
  assertEquals(
    await lesson.run("too_early", { args }),
    { code: 2, stdout: "", stderr: "QoS is 3: it must be 0, 1 or 2\n" },
  );
});

test.pahoOverMosquitto("packets is received by paho over mosquitto", async (mosquitto) => {
  await using paho = await subscribeWithPaho(mosquitto.url, "#", 3);
  const { stdout } = await lesson.run("packets", mosquitto);
  assertStringIncludes(stdout, "← PUBREC\n→ PUBREL\n← PUBCOMP\n");
  assertEquals(await paho.lines(), Array(3).fill(`test ${TEXT}`));
});

/** Waits until a marker, published at the end, has come through the broker. */
async function untilOver(
  { received, untilReceived }: TestClient,
  url: string,
): Promise<void> {
  // At QoS 2 on a new connection it takes more turns of the broker's loop than
  // any message that came before it can.
  await publishOnce(url, { topic: "test", payload: "over", qos: 2 });
  const isOver = () => received.at(-1)?.text === "over";
  for (let count = 1; !isOver(); count++) await untilReceived(count);
  received.pop();
}

// The document's programs.
const PAHO_CLIENT = `${PAHO}
host, port, qos = sys.argv[1:]
client = new_client()
client.on_publish = lambda client, userdata, mid: \\
    print("Envoi confirmé message #" + str(mid), flush=True)
client.connect(host, int(port))
`;
const PAHO_TOO_EARLY = `${PAHO_CLIENT}
info = client.publish("test", "${TEXT}", int(qos))
`;
// CONNACK and PUBACK have four bytes each: it waits until both are there, and
// looks at them without taking them.
const PAHO_WITHOUT_LOOP = `${PAHO_TOO_EARLY}
import socket
client.socket().setblocking(True)
answers = client.socket().recv(8, socket.MSG_PEEK | socket.MSG_WAITALL)
print("unread:", answers.hex(" ", 4), flush=True)
while not info.is_published():
    client.loop()
`;
const PAHO_WAITING = `${PAHO_CLIENT}
client.loop_start()
client.publish("test", "${TEXT}", int(qos)).wait_for_publish(5)
client.disconnect()
client.loop_stop()
`;

/** The same as `too_early`, as one writes it without the toolkit. */
const MQTTJS_TOO_EARLY = `
import mqtt from "mqtt";

const [url, qos] = Deno.args;
const client = mqtt.connect(url);
client.publish("test", "${TEXT}", { qos: Number(qos) }, (error) => {
  if (!error) console.log("Envoi confirmé message #1");
});
Deno.exit();
`;

test.pahoOverMosquitto(
  "the page says what leaving too early loses, as counted",
  async ({ host, port, url }, { paho }) => {
    await using subscriber = await openClient(url);
    await subscriber.subscribe("test", 2);
    const runs = 3;
    const run = async (command: string, ...args: string[]) => {
      await using program = startProcess(command, args);
      const { code, stdout, stderr } = await program.end();
      assertEquals(code, 0, stderr);
      return stdout;
    };
    const columns = [
      (qos: string) => run(paho, "-c", PAHO_TOO_EARLY, host, `${port}`, qos),
      (qos: string) =>
        run(
          Deno.execPath(),
          "eval",
          ...denoFlags(),
          MQTTJS_TOO_EARLY,
          url,
          qos,
        ),
      async (qos: string) => {
        const run = { url, args: [qos] };
        return (await lesson.run("too_early", run)).stdout;
      },
    ];
    const table = EVERY_QOS.map((qos) => [`${qos}`]);
    for (const leaveEarly of columns) {
      const confirmed = [0, 0, 0];
      await Promise.all(EVERY_QOS.map(async (qos) => {
        for (let count = 0; count < runs; count++) {
          const stdout = await leaveEarly(`${qos}`);
          if (stdout === "Envoi confirmé message #1\n") confirmed[qos]!++;
        }
      }));
      await untilOver(subscriber, url);
      for (const qos of EVERY_QOS) {
        const arrived = subscriber.received.filter((it) => it.qos === qos);
        table[qos]!.push(whatIsLost(
          arrived.length > runs / 2,
          confirmed[qos]! > runs / 2,
        ));
      }
      subscriber.received.length = 0;
    }
    const page = await Deno.readTextFile(new URL("README.md", import.meta.url));
    const rows = page.matchAll(
      /^\| ([012]) +\| (.+?) +\| (.+?) +\| (.+?) +\|/gm,
    );
    assertEquals(Array.from(rows, ([, ...cells]) => cells), table);
  },
);

function whatIsLost(hasArrived: boolean, isConfirmed: boolean): string {
  if (hasArrived) return isConfirmed ? "nothing" : "only the confirmation";
  return isConfirmed ? "the message, unnoticed" : "message and confirmation";
}

test.pahoOverMosquitto(
  "paho confirms what the broker has answered only once its loop runs",
  async ({ host, port }, { paho }) => {
    const args = ["-c", PAHO_WITHOUT_LOOP, host, `${port}`, "1"];
    await using publisher = startProcess(paho, args);
    const { code, stdout, stderr } = await publisher.end();
    assertEquals(code, 0, stderr);
    assertEquals(
      stdout,
      "unread: 20020000 40020001\nEnvoi confirmé message #1\n",
    );
  },
);

test.pahoOverMosquitto(
  "QoS 2 is confirmed while nobody subscribes, by paho and by wait_for_publish",
  async ({ host, port, url }, { paho }) => {
    const args = ["-c", PAHO_WAITING, host, `${port}`, "2"];
    await using publisher = startProcess(paho, args);
    const results = [
      await publisher.end(),
      await lesson.run("wait_for_publish", { url }),
    ];
    for (const { code, stdout } of results) {
      assertEquals({ code, stdout }, {
        code: 0,
        stdout: "Envoi confirmé message #1\n",
      });
    }
    // Who comes later gets none of it.
    await using subscriber = await openClient(url);
    await subscriber.subscribe("test", 2);
    await untilOver(subscriber, url);
    assertEquals(subscriber.received, []);
  },
);
