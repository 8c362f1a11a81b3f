import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { lessonAt, tracedPackets } from "../../testing/project/lessons.ts";
import { publishWithPaho } from "../../testing/clients/paho.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const lesson01 = lessonAt(new URL("../01_publish/", import.meta.url));
const CONNECTED = "Connected with result code 0\n";

test.anyBroker("subscriber and receiver print what lesson 01 publishes", async (broker) => {
  await using subscriber = lesson.start("subscriber", {
    ...broker,
    trace: true,
  });
  await using receiver = lesson.start("receiver", broker);
  await subscriber.untilPrinted(CONNECTED);
  await receiver.untilPrinted("Connecté\n");
  await lesson01.run("publisher", broker);
  await lesson01.run("greeting", broker);
  await receiver.untilPrinted("Reçu: allo\n");
  await subscriber.untilPrinted("iot/greeting  Hello world!\n");
  receiver.kill("SIGTERM");
  subscriber.kill("SIGINT");
  assertEquals(await receiver.end(), {
    code: 0,
    stdout: "Connecté\nReçu: allo\n",
    stderr: "",
  });
  const { code, stdout, stderr } = await subscriber.end();
  assertEquals({ code, stdout }, {
    code: 0,
    stdout: `${CONNECTED}iot/greeting  Hello world!\n`,
  });
  const packets = tracedPackets(stderr);
  assertEquals(packets, [
    ...["CONNECT", "CONNACK", "SUBSCRIBE", "SUBACK"],
    ...["PUBLISH", "DISCONNECT"],
  ]);
});

for (const program of ["subscriber", "receiver"]) {
  Deno.test(`${program} prints each code that refuses it, and doesn't try again`, async () => {
    let code = 0;
    await using broker = await startScriptedBroker((packet, { send }) => {
      if (packet.cmd !== "connect") return;
      send({ cmd: "connack", returnCode: code, sessionPresent: false });
      return "answered";
    });
    for (code = 1; code <= 5; code++) {
      const ended = await lesson.run(program, broker);
      assertEquals([ended.code, ended.stdout], [
        1,
        program === "receiver"
          ? `Erreur code ${code}\n`
          : `Connected with result code ${code}\n연결 실패:  ${code}\n`,
      ]);
      assertEquals(ended.stderr.trimEnd().split("\n").length, 1);
      assertStringIncludes(ended.stderr, `(code ${code})`);
      assertEquals(broker.connections.length, code);
    }
  });

  test.scripted(`${program} subscribes again after a reconnect`, async (broker) => {
    await using process = lesson.start(program, broker);
    await within("the subscription", broker.received("subscribe"));
    broker.connections[0]!.socket.destroy();
    await within("the next one", broker.received("subscribe", 2));
    broker.connections[1]!.send({
      cmd: "publish",
      topic: program === "receiver" ? "test" : "iot/greeting",
      payload: "again",
      qos: 0,
      dup: false,
      retain: false,
    });
    await process.untilPrinted(
      program === "receiver" ? "Reçu: again\n" : "iot/greeting  again\n",
    );
    const { code, stderr } = await process.stop();
    assertEquals(code, 0);
    assertStringIncludes(stderr, "lost: ");
    assertEquals(broker.packets.map(({ cmd }) => cmd), [
      ...["connect", "subscribe", "connect", "subscribe"],
      "disconnect",
    ]);
  });
}

test.anyBroker("subscriber takes another topic filter, and says what is wrong with it", async (broker) => {
  await using publisher = await openClient(broker.url);
  const { url } = broker;
  await using subscriber = lesson.start("subscriber", {
    url,
    args: ["iot/+/temp"],
  });
  await subscriber.untilPrinted(CONNECTED);
  await publisher.publish("iot/user1/humi", "40", { qos: 1 });
  await publisher.publish("iot/user1/temp", "온도 21", { qos: 1 });
  await subscriber.untilPrinted("temp");
  assertEquals(
    subscriber.printed(),
    `${CONNECTED}iot/user1/temp  온도 21\n`,
  );
  const { code, stderr } = await lesson.run("subscriber", {
    url,
    args: ["iot/#/temp"],
  });
  assertEquals({ code, stderr }, {
    code: 2,
    stderr: 'Topic filter is "iot/#/temp": # must be its last level, alone\n',
  });
});

/** The rows of the page's table of topic filters. */
function filterRows(): [filter: string, hears: string[], not: string[]][] {
  const page = Deno.readTextFileSync(new URL("README.md", import.meta.url));
  const [, table = ""] = /\| doesn't hear +\|\r?\n(.*?)\r?\n\r?\n/s
    .exec(page) ?? [];
  return table.split("\n").slice(1).map((row) => {
    const [filter, hears, not] = row.split("|").slice(1, 4)
      .map((cell) =>
        Array.from(cell.matchAll(/`(.+?)`/g), ([, name]) => name!)
      );
    return [filter![0]!, hears!, not!];
  });
}

test.brokers("the page's topic filters hear what it says", async ({ url }) => {
  const rows = filterRows();
  assert(rows.length >= 4, `Only ${rows.length} rows`);
  for (const [filter, hears, not] of rows) {
    await using client = await openClient(url);
    await client.subscribe(filter);
    // What is heard comes last: by then the others would have come, too.
    for (const topic of [...not, ...hears]) {
      await client.publish(topic, "x", { qos: 1 });
    }
    const received = await client.untilReceived(hears.length);
    assertEquals(received.map(({ topic }) => topic), hears, filter);
  }
});

test.pahoOverMosquitto("subscriber and receiver print what paho publishes over mosquitto", async (mosquitto) => {
  await using subscriber = lesson.start("subscriber", mosquitto);
  await using receiver = lesson.start("receiver", mosquitto);
  await subscriber.untilPrinted(CONNECTED);
  await receiver.untilPrinted("Connecté\n");
  await publishWithPaho(mosquitto.url, [
    ["iot/greeting", "Hello world!"],
    ["test", "déjà vu"],
    ["iot", "the parent"],
  ]);
  await subscriber.untilPrinted("iot  the parent\n");
  await receiver.untilPrinted("Reçu: déjà vu\n");
  assertEquals(
    subscriber.printed(),
    `${CONNECTED}iot/greeting  Hello world!\niot  the parent\n`,
  );
});
