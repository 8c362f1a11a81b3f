import { assert, assertEquals } from "@std/assert";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  readPublish,
  subscribePacket,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { PROTOCOLS } from "../../testing/clients/clients.ts";
import { PAHO } from "../../testing/clients/paho.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import { Random } from "../checking/random.ts";
import { startKillableBroker } from "../../testing/project/commands.ts";
import {
  markOf,
  openPublisher,
  openSession,
  startLoad,
} from "../../testing/clients/kept_sessions.ts";
import {
  acknowledge5,
  disconnect5,
  OPTION,
  publish5,
  subscribe5,
  TYPE5,
} from "../../testing/clients/packets5.ts";
import { PROPERTY, type Property } from "../../testing/clients/properties5.ts";
import { valuesOf } from "../../testing/clients/raw_client5.ts";
import {
  ABOUT,
  aboutOf,
  openSession5,
  publishOnce5,
} from "../../testing/clients/sessions5.ts";

// The long form: WORKBOOK_KILLS=20 WORKBOOK_SEED=7 deno task test <this file>
const KILLS = Number(Deno.env.get("WORKBOOK_KILLS") ?? 3);
const SEED = Number(Deno.env.get("WORKBOOK_SEED") ?? 1);
const STATES = 20;

for (const [protocol, version] of PROTOCOLS) {
  Deno.test(`broker --store loses nothing acknowledged in ${version}, killed ${KILLS} times under load (seed ${SEED})`, async () => {
    const random = new Random(SEED);
    const as = (clientId: string) => ({ clientId, protocol });
    await using broker = await startKillableBroker();
    await using online = await openSession(broker.url, as("online"));
    await online.client.subscribeAsync("load/#", { qos: 2 });
    {
      await using offline = await openSession(broker.url, as("offline"));
      await offline.client.subscribeAsync("load/#", { qos: 2 });
    }
    await using first = await openPublisher(broker.url, as("first"));
    await using second = await openPublisher(broker.url, as("second"));
    await using third = await openPublisher(broker.url, as("third"));
    const message = (topic: string, qos: 1 | 2) => (number: number) => {
      const payload = `${number}`;
      return { topic, payload, qos, ...markOf(payload, protocol) };
    };
    const atQos1 = startLoad(first, message("load/1", 1));
    const atQos2 = startLoad(second, message("load/2", 2));
    const retained = new Map<string, string>();
    const states = startLoad(third, (number) => {
      const topic = `state/${number % STATES}`;
      // Every seventh one clears the topic's retained message.
      const payload = number % 7 === 3 ? "" : `${number}`;
      retained.delete(topic);
      if (payload !== "") retained.set(topic, payload);
      return { ...message(topic, 1)(number), payload, retain: true };
    });
    const loads = [atQos1, atQos2, states];
    for (let kill = 1; kill <= KILLS; kill++) {
      const more = loads.map((load) =>
        load.untilAcknowledged(random.integer(1, 300))
      );
      await Promise.all(more);
      await broker.kill();
      await broker.start();
    }
    await Promise.all(loads.map((load) => load.stop()));
    // In this moment all is acknowledged, and nobody would send anything again.
    await broker.kill();
    await broker.start();

    const mark = markOf("end", protocol);
    await first.publishAsync("load/1", "end", { qos: 1, ...mark });
    await second.publishAsync("load/2", "end", { qos: 2, ...mark });
    const retain = { qos: 1, retain: true, ...mark } as const;
    await third.publishAsync("state/end", "end", retain);
    await using offline = await openSession(broker.url, as("offline"));
    let repeated = 0;
    for (const { received } of [online, offline]) {
      await received.untilEnd("load/1");
      await received.untilEnd("load/2");
      repeated += received.assertAll("load/1", 1, atQos1.sent);
      received.assertAll("load/2", 2, atQos2.sent);
    }
    await using reader = await openSession(broker.url, as("reader"));
    await reader.client.subscribeAsync("state/#", { qos: 1 });
    await reader.received.untilEnd("state/end");
    for (let state = 0; state < STATES; state++) {
      const topic = `state/${state}`;
      const payload = retained.get(topic);
      assertEquals(
        reader.received.payloads(topic),
        payload === undefined ? [] : [payload],
      );
    }
    if (KILLS > 3) {
      console.log(
        `${version}, ${
          KILLS + 1
        } kills; acknowledged ${atQos1.sent} at QoS 1, ` +
          `${atQos2.sent} at QoS 2, ${states.sent} retained; ` +
          `lost 0, repeated ${repeated} at QoS 1 and 0 at QoS 2`,
      );
    }
  });
}

Deno.test("broker --store knows after a kill each step that it has confirmed", async () => {
  await using broker = await startKillableBroker();
  const restart = async () => {
    await broker.kill();
    await broker.start();
  };
  const recorder = { clientId: "recorder", clean: false };
  const sender = { clientId: "sender", clean: false };
  const first = publishPacket({ topic: "a", payload: "1", qos: 2, id: 9 });
  {
    await using client = await openRaw(broker, recorder);
    await client.send(subscribePacket({ "a": 2 }));
    assertEquals((await client.next())?.header, TYPE.SUBACK);
    await restart();
  }
  {
    await using client = await openRaw(broker, sender);
    await client.send(first);
    assertEquals((await client.next())?.header, TYPE.PUBREC);
    await restart();
  }
  {
    await using client = await openRaw(broker);
    await client.send(connectPacket(recorder));
    // It has the session.
    assertEquals([...(await client.next())!.body], [1, 0]);
    const { payload, id } = readPublish((await client.next())!);
    assertEquals([payload, id], ["1", 1]);
    await client.send(acknowledgement(TYPE.PUBREC, 1));
    assertEquals((await client.next())?.header, TYPE.PUBREL);
    await restart();
  }
  {
    // The sender hasn't heard of its PUBREC: the broker must know the message.
    await using client = await openRaw(broker, sender);
    await client.send(first, acknowledgement(TYPE.PUBREL, 9));
    assertEquals((await client.next())?.header, TYPE.PUBREC);
    assertEquals((await client.next())?.header, TYPE.PUBCOMP);
    await restart();
  }
  {
    await using client = await openRaw(broker, sender);
    await client.send(
      publishPacket({ topic: "a", payload: "2", qos: 2, id: 9 }),
      publishPacket({ topic: "a", payload: "3", qos: 1, id: 10 }),
    );
    assertEquals((await client.next())?.header, TYPE.PUBREC);
    assertEquals((await client.next())?.header, TYPE.PUBACK);
    await restart();
  }
  await using client = await openRaw(broker, recorder);
  const pubrel = await client.next();
  assertEquals([pubrel?.header, ...pubrel!.body], [TYPE.PUBREL, 0, 1]);
  for (const [text, number] of [["2", 2], ["3", 3]]) {
    const { payload, id, duplicate } = readPublish((await client.next())!);
    assertEquals([payload, id, duplicate], [text, number, false]);
  }
});

const PAHO_RECORDER = `${PAHO}
received = []
def on_connect(client, data, flags, code): client.subscribe("load/paho", 2)
def on_subscribe(client, *rest): print("subscribed", flush=True)
def on_message(client, data, message):
    received.append(message.payload.decode())
    if received[-1] == "end": client.disconnect()
client = new_client("paho", clean_session=False)
client.on_connect, client.on_message = on_connect, on_message
client.on_subscribe = on_subscribe
client.reconnect_delay_set(1, 1)
client.connect("127.0.0.1", int(sys.argv[1]))
client.loop_forever()
print(" ".join(received))
`;

peerTest(
  ["mosquitto_sub", "paho"],
  "broker --store gives paho and mosquitto_sub each QoS 2 message once, over a kill",
  async ({ mosquitto_sub, paho }) => {
    await using broker = await startKillableBroker();
    const session = [
      ...["-h", "127.0.0.1", "-p", `${broker.port}`, "-c", "-i", "recorder"],
      ...["-q", "2", "-t", "load/mosquitto"],
    ];
    await using asleep = startProcess(mosquitto_sub, [...session, "-E"]);
    assertEquals((await asleep.end()).code, 0);
    await using awake = startProcess(paho, [
      "-c",
      PAHO_RECORDER,
      `${broker.port}`,
    ]);
    await awake.untilPrinted("subscribed");
    await using publisher = await openPublisher(broker.url, {
      clientId: "publisher",
    });
    const loads = ["mosquitto", "paho"].map((name) =>
      startLoad(publisher, (number) => (
        { topic: `load/${name}`, payload: `${number}`, qos: 2 }
      ))
    );
    const untilBusy = () =>
      Promise.all(loads.map((load) => load.untilAcknowledged(100)));
    await untilBusy();
    await broker.kill();
    await broker.start();
    await untilBusy();
    await Promise.all(loads.map((load) => load.stop()));
    for (const name of ["mosquitto", "paho"]) {
      await publisher.publishAsync(`load/${name}`, "end", { qos: 2 });
    }
    const [first, second] = loads.map((
      { sent },
    ) => [...Array.from({ length: sent }, (_, number) => `${number}`), "end"]);
    await using woken = startProcess(mosquitto_sub, [
      ...session,
      ...["-C", `${first!.length}`, "-W", "20"],
    ]);
    assertEquals((await woken.end()).stdout.trimEnd().split("\n"), first);
    const { stdout } = await awake.end();
    assertEquals(stdout.trimEnd().split("\n").at(-1)!.split(" "), second);
  },
);

const LEAVE_WITH_WILL = 4;

Deno.test("broker --store knows after a kill what MQTT 5 says of messages, subscriptions and wills", async () => {
  await using broker = await startKillableBroker();
  const restart = async () => {
    await broker.kill();
    await broker.start();
  };
  const identifier: Property = [PROPERTY.subscriptionIdentifier, 77];
  {
    await using recorder = await openSession5(broker, "recorder");
    const options = 2 | OPTION.RETAIN_AS_PUBLISHED;
    await recorder.ask(
      TYPE5.SUBACK,
      subscribe5({ "iot/#": options }, { properties: [identifier] }),
    );
  }
  const properties: Property[] = [
    ...ABOUT,
    [PROPERTY.messageExpiryInterval, 100],
  ];
  await restart();
  await publishOnce5(broker, "iot/x", { properties, retain: true });
  await restart();
  {
    const will = {
      topic: "iot/will",
      qos: 1, // It may come before the recorder is back.
      properties: [[PROPERTY.willDelayInterval, 1], ...ABOUT] as Property[],
    } as const;
    await using mortal = await openSession5(broker, "mortal", { will });
    await mortal.send(disconnect5(LEAVE_WITH_WILL));
    assertEquals(await mortal.end(), undefined);
    // What is acknowledged later has been stored later.
    await publishOnce5(broker, "later");
  }
  await restart();
  for (let turn = 0; turn < 2; turn++) {
    await using recorder = await openSession5(broker, "recorder");
    assertEquals(recorder.connack.sessionPresent, 1);
    const message = await recorder.take(TYPE5.PUBLISH);
    const { topic, retain, id, duplicate } = message;
    assertEquals([topic, retain, id, duplicate], ["iot/x", true, 1, turn > 0]);
    assertEquals(aboutOf(message), ABOUT);
    assertEquals(valuesOf(message, "subscriptionIdentifier"), [77]);
    const [left] = valuesOf(message, "messageExpiryInterval");
    assert(Number(left) > 50 && Number(left) <= 100, `${left} s are left`);
    if (turn === 0) {
      await restart();
      continue;
    }
    await recorder.send(acknowledge5(TYPE5.PUBACK, id));
    const will = await recorder.receive();
    assertEquals([will.topic, aboutOf(will)], ["iot/will", ABOUT]);
  }
  await using sender = await openSession5(broker, "sender");
  const first = publish5({ topic: "a", qos: 2, id: 9 });
  assertEquals((await sender.ask(TYPE5.PUBREC, first)).reason < 128, true);
  await restart();
  await using again = await openSession5(broker, "sender");
  const pubrel = acknowledge5(TYPE5.PUBREL, 9);
  assertEquals((await again.ask(TYPE5.PUBCOMP, pubrel)).reason, 0);
});
