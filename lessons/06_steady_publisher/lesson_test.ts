import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startBroker } from "../../lib/mod.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { PAHO, subscribeWithPaho } from "../../testing/clients/paho.ts";
import { startProcess } from "../../testing/processes.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const TEN = Array.from({ length: 10 }, (_, i) => `你好 mqtt - ${i}`);

test.broker("publisher sends ten messages, 10 ms apart, on one connection", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("tw/#", 2);
  const { code, stdout, stderr } = await lesson.run("publisher", {
    ...broker,
    trace: true,
  });
  assertEquals({ code, stdout }, { code: 0, stdout: "" });
  const received = await subscriber.untilReceived(10);
  assertEquals(received.map(({ text }) => text), TEN);
  assert(received.every(({ topic }) => topic === "tw/rocksaying"));
  assert(received.every(({ qos }) => qos === 0));
  const packets = [...stderr.matchAll(/([\d.]+) [→←] (\w+)/g)];
  assertEquals(packets.map(([, , name]) => name), [
    "CONNECT",
    "CONNACK",
    ...TEN.map(() => "PUBLISH"),
    "DISCONNECT",
  ]);
  const [first, last] = [packets[2], packets[11]].map((it) => Number(it?.[1]));
  assert(last! - first! > 0.085, `Ten messages within ${last! - first!} s`);
});

/** What a run of `cut` says, or what the broker's other side says of it. */
interface Counts {
  sent: number;
  arrived: number;
  lost: number;
  duplicated: number;
}

/** Runs `cut`, and counts beside it what the broker gives to another client. */
async function cutAndCount(url: string, qos: 0 | 1): Promise<Counts> {
  await using counter = await openClient(url);
  await counter.subscribe("tw/rocksaying/+");
  const args = [`${qos}`];
  const { code, stdout, stderr } = await lesson.run("cut", { url, args });
  assertEquals(code, 0, stderr);
  assertStringIncludes(stderr, "lost: the connection was reset");
  const line =
    /^QoS (\d): (\d+) sent, (\d+) arrived, (\d+) lost, (\d+) duplicated\n$/;
  const [, shown, sent = 0, arrived = 0, lost = 0, duplicated = 0] =
    line.exec(stdout)?.map(Number) ?? [];
  assertEquals(shown, qos, stdout);

  // What the broker sends after this came after all that the program sent.
  await counter.publish("tw/rocksaying/over", "");
  const { received } = counter;
  const isOver = () => received.at(-1)?.topic === "tw/rocksaying/over";
  for (let count = 1; !isOver(); count++) await counter.untilReceived(count);
  const texts = received.slice(0, -1).map(({ text }) => text)
    .filter((text) => text !== "end");
  const repeated = texts.filter((text, index) => texts.indexOf(text) < index);
  assertEquals(
    { arrived, duplicated },
    { arrived: new Set(texts).size, duplicated: new Set(repeated).size },
  );
  return { sent, arrived, lost, duplicated };
}

/** What must hold on every machine, and in every run. */
function assertCounts(atQos0: Counts, atQos1: Counts): void {
  for (const { sent, arrived, lost } of [atQos0, atQos1]) {
    assertEquals({ sent, lost }, { sent: 1000, lost: sent - arrived });
  }
  // What was sent between holding the messages back and cutting.
  assert(atQos0.lost >= 200, `QoS 0 lost ${atQos0.lost}`);
  assertEquals(atQos0.duplicated, 0);
  assertEquals(atQos1.lost, 0);
  assert(atQos1.duplicated > 0, "QoS 1 sent nothing twice");
}

Deno.test("cut loses messages at QoS 0 and none at QoS 1 on the embedded broker", async () => {
  const run = async (qos: 0 | 1) => {
    await using broker = await startBroker({ port: 0 });
    return await cutAndCount(broker.url, qos);
  };
  assertCounts(...await Promise.all([run(0), run(1)]));
});

test.mosquitto("cut loses messages at QoS 0 and none at QoS 1 on mosquitto, which sees the cut", async () => {
  const run = async (qos: 0 | 1) => {
    await using mosquitto = await startMosquitto();
    const counts = await cutAndCount(mosquitto.url, qos);
    await mosquitto.stop();
    const cuts = mosquitto.log()
      .filter((line) => line.endsWith(" closed its connection."));
    assertEquals(cuts.length, 1, "Connections that ended without DISCONNECT");
    return counts;
  };
  assertCounts(...await Promise.all([run(0), run(1)]));
});

Deno.test("cut says what it was called wrongly with", async () => {
  assertEquals(await lesson.run("cut", { args: ["7"] }), {
    code: 2,
    stdout: "",
    stderr: "QoS is 7: it must be 0, 1 or 2\n",
  });
  await using broker = await startBroker({ port: 0, websocketPort: 0 });
  const { host } = new URL(broker.websocketUrl!);
  const url = `ws://info:s3cret@${host}`;
  assertEquals(await lesson.run("cut", { url, args: ["0"] }), {
    code: 2,
    stdout: "",
    stderr: `Broker at ${host} is one of ws: the relay needs one of mqtt\n`,
  });
});

test.broker("cut stops in the middle, and disconnects", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe("tw/rocksaying/+");
  await using cut = lesson.start("cut", {
    ...broker,
    args: ["0"],
    trace: true,
  });
  await subscriber.untilReceived(1);
  const { code, stdout, stderr } = await cut.stop();
  assertEquals({ code, stdout }, { code: 0, stdout: "" });
  assertEquals(stderr.match(/→ DISCONNECT/g)?.length, 2, stderr);
});

test.pahoOverMosquitto("publisher is received by paho over mosquitto", async (mosquitto) => {
  await using subscriber = await subscribeWithPaho(mosquitto.url, "tw/#", 10);
  await lesson.run("publisher", mosquitto);
  const lines = TEN.map((text) => `tw/rocksaying ${text}`);
  assertEquals(await subscriber.lines(), lines);
});

// The document's program without its pause. Its will says when the broker has
// read all that came from it.
const PAHO_PUBLISHER = `${PAHO}
host, port, count, qos, reads_connack = sys.argv[1:]
client = new_client()
client.will_set("tw/rocksaying", "end", 1)
client.connect(host, int(port))
while reads_connack == "true" and not client.is_connected():
    client.loop()
for i in range(int(count)):
    client.publish("tw/rocksaying", "你好 mqtt - %d" % i, int(qos))
`;

test.pahoOverMosquitto(
  "paho without pauses loses messages only if nobody reads the broker's answers",
  async ({ host, port, url }, { paho }) => {
    const arrived = async (
      count: number,
      qos: 0 | 1,
      readsConnack: boolean,
    ): Promise<number> => {
      await using subscriber = await openClient(url);
      await subscriber.subscribe("tw/rocksaying");
      const args = [host, port, count, qos, readsConnack].map(String);
      await using publisher = startProcess(paho, [
        "-c",
        PAHO_PUBLISHER,
        ...args,
      ]);
      const { code, stderr } = await publisher.end();
      assertEquals(code, 0, stderr);
      const { received } = subscriber;
      const isOver = () => received.at(-1)?.text === "end";
      for (let seen = 1; !isOver(); seen++) {
        await subscriber.untilReceived(seen);
      }
      return received.length - 1;
    };
    assertEquals(await arrived(1000, 0, true), 1000);
    // When the reset comes is chance: look until it hits.
    let runs = 1;
    while (await arrived(1000, 0, false) === 1000) {
      assert(++runs <= 20, "Nothing was lost in 20 runs");
    }
    // paho has 20 messages in flight at most: without answers it sends no more.
    assert(await arrived(1000, 1, false) <= 20, "More than 20 left");
  },
);
