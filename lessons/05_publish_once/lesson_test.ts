import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { publishOnce, startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { subscribeWithPaho } from "../../testing/clients/paho.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const SILENT = { code: 0, stdout: "", stderr: "" };
const NO_LOGIN = { MQTT_USER: "", MQTT_PASSWORD: "" };
const READINGS = [
  { topic: "tw/rocksaying/battery", payload: "2.9 V", qos: 0 },
  { topic: "tw/rocksaying/temperature", payload: "21.5", qos: 1 },
  { topic: "tw/rocksaying/humidity", payload: "40", qos: 1 },
] as const;

Deno.test("single publishes hello mqtt at QoS 1 and prints nothing", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    port: 0,
    log: (line) => lines.push(line),
  });
  const { url } = broker;
  await using subscriber = await openClient(url);
  await subscriber.subscribe("tw/rocksaying/#", 2);
  const ended = await lesson.run("single", { url, variables: NO_LOGIN });
  assertEquals(ended, SILENT);
  assertEquals(await subscriber.untilReceived(1), [{
    topic: "tw/rocksaying",
    text: "hello mqtt",
    qos: 1,
    retain: false,
  }]);
  assert(lines.some((line) => line.includes('"rocksaying-0001" connected')));
});

Deno.test("single gives the user and the password that the broker asks for", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    port: 0,
    users: { rock: "Saying-5" },
    log: (line) => lines.push(line),
  });
  const run = (MQTT_USER: string, MQTT_PASSWORD: string) =>
    lesson.run("single", {
      url: broker.url,
      variables: { MQTT_USER, MQTT_PASSWORD },
    });
  assertEquals(await run("rock", "Saying-5"), SILENT);
  assert(lines.some((line) => line.endsWith(' as "rock"')), lines.join("\n"));
  for (const [user, password, code] of [["rock", "x", 4], ["", "", 5]]) {
    const refused = await run(`${user}`, `${password}`);
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, `(code ${code})\n`);
  }
});

test.broker("multiple publishes three readings and prints nothing", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("tw/rocksaying/#", 2);
  assertEquals(await lesson.run("multiple", broker), SILENT);
  const received = await subscriber.untilReceived(3);
  assertEquals(
    received.map(({ topic, text: payload, qos }) => ({ topic, payload, qos })),
    [...READINGS],
  );
});

test.broker("lesson 02's subscriber prints what both publish", async ({ url }) => {
  await using subscriber = lessonAt(
    new URL("../02_subscribe/", import.meta.url),
  ).start("subscriber", { url, args: ["tw/rocksaying/#"] });
  await subscriber.untilPrinted("Connected with result code 0\n");
  await lesson.run("single", { url, variables: NO_LOGIN });
  await subscriber.untilPrinted("tw/rocksaying  hello mqtt\n");
  await lesson.run("multiple", { url });
  await subscriber.untilPrinted("tw/rocksaying/humidity  40\n");
});

/** What went over the wire while `publish` ran, as a row of the page's table. */
async function measure(
  publish: (url: string) => Promise<unknown>,
): Promise<string> {
  await using broker = await startScriptedBroker();
  await publish(broker.url);
  const { connections } = broker;
  const left = broker.received("disconnect", connections.length);
  await within("DISCONNECT", left);
  const confirmations = broker.packets
    .filter((packet) => packet.cmd === "publish" && packet.qos === 1);
  // CONNACK answers each CONNECT, and PUBACK each PUBLISH of QoS 1.
  const packets = broker.packets.length + connections.length +
    confirmations.length;
  const bytes = connections
    .reduce(
      (sum, { socket }) => sum + socket.bytesRead + socket.bytesWritten,
      0,
    );
  return `${connections.length} | ${packets} | ${bytes} |`;
}

Deno.test("the page says what each way to publish costs", async () => {
  const page = Deno.readTextFileSync(new URL("README.md", import.meta.url))
    .replaceAll(/ +/g, " ");
  const single = await measure((url) =>
    lesson.run("single", { url, variables: NO_LOGIN })
  );
  assertStringIncludes(page, `| one message, \`single.ts\` | ${single}`);
  const multiple = await measure((url) => lesson.run("multiple", { url }));
  assertStringIncludes(page, `| three messages, \`multiple.ts\` | ${multiple}`);
  const apart = await measure(async (url) => {
    for (const reading of READINGS) await publishOnce(url, reading);
  });
  assertStringIncludes(
    page,
    `| the same three, each with \`publishOnce\` | ${apart}`,
  );
});

test.pahoOverMosquitto("single and multiple are received by paho over mosquitto", async ({ url }) => {
  await using subscriber = await subscribeWithPaho(url, "tw/rocksaying/#", 4);
  await lesson.run("single", { url, variables: NO_LOGIN });
  await lesson.run("multiple", { url });
  assertEquals(await subscriber.lines(), [
    "tw/rocksaying hello mqtt",
    "tw/rocksaying/battery 2.9 V",
    "tw/rocksaying/temperature 21.5",
    "tw/rocksaying/humidity 40",
  ]);
});
