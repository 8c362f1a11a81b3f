import { assert, assertEquals, assertMatch } from "@std/assert";
import { openClient } from "../../testing/clients/clients.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  subscribeRaw,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { test, times } from "../../testing/test.ts";
import { RetainedMessages } from "./delivery/retained.ts";
import { Router } from "./delivery/router.ts";
import { Figures } from "./wire/connection.ts";
import { readLimits } from "./limits.ts";
import type { Sessions } from "./sessions.ts";
import { publishSystemTopics } from "./core.ts";
import { within } from "../../testing/deadline.ts";

test.broker("startBroker() handles in order what a client sends without waiting for CONNACK", async (broker) => {
  await using subscriber = await subscribeRaw(broker, { "eager/#": 0 });
  const total = 20_000;
  await using eager = await openRaw(broker);
  await eager.send(
    connectPacket(),
    ...times(
      total,
      (index) => publishPacket({ topic: "eager/x", payload: String(index) }),
    ),
  );
  for (let index = 0; index < total; index++) {
    const { payload } = await subscriber.message();
    assertEquals(payload, String(index));
  }
});

test.broker("startBroker() takes 65,535 messages of QoS 2 before the first is released", async (broker) => {
  await using publisher = await openRaw(broker, {});
  const ids = times(65_535, (index) => index + 1);
  const sending = publisher.send(
    ...ids.map((id) => publishPacket({ topic: "many", qos: 2, id })),
  );
  const received = new Set<number>();
  for (const _ of ids) {
    const pubrec = await publisher.next();
    assertEquals(pubrec?.header, TYPE.PUBREC);
    received.add(pubrec!.body[0]! << 8 | pubrec!.body[1]!);
  }
  await sending;
  assertEquals(received.size, ids.length);
  await publisher.ask(TYPE.PUBCOMP, acknowledgement(TYPE.PUBREL, 65_535));
});

test.broker("startBroker() serves a client of MQTT 3.1", async (broker) => {
  const options = { protocolId: "MQIsdp", protocolVersion: 3 } as const;
  await using client = await openClient(broker.url, options);
  await client.subscribe("old", 1);
  await client.publish("old", "but gold", { qos: 1 });
  assertEquals((await client.untilReceived(1))[0]?.text, "but gold");
});

test.broker("startBroker() refuses a lasting session to a client without a name", async (broker) => {
  await using nameless = await openRaw(broker);
  await nameless.send(connectPacket({ clientId: "", clean: false }));
  assertEquals([...(await nameless.next())!.body], [0, 2]);
  assertEquals(await nameless.next(), undefined);
});

test.broker("startBroker() shares messages in MQTT 3.1.1, too, as mosquitto does", async (broker) => {
  const clients = [await openRaw(broker, {}), await openRaw(broker, {})];
  for (const client of clients) {
    assertEquals(await client.subscribe({ "$share/group/iot/#": 1 }), [1]);
  }
  await using publisher = await openRaw(broker, {});
  for (const payload of ["a", "b", "c", "d"]) {
    await publisher.send(publishPacket({ topic: "iot/x", payload }));
  }
  const shares = [];
  for (const client of clients) {
    const payloads = [];
    for (let count = 0; count < 2; count++) {
      payloads.push((await client.message()).payload);
    }
    shares.push(payloads);
    client.close();
  }
  assertEquals(shares.toSorted(), [["a", "c"], ["b", "d"]]);
});

test.broker("startBroker() tells below $SYS/broker/ how it is, and nothing of its clients", async (broker) => {
  await using _other = await openClient(broker.url, { clientId: "secret" });
  await using client = await openClient(broker.url);
  await client.subscribe("$SYS/#");
  const received = await client.untilReceived(14);
  assert(received.every(({ retain }) => retain));
  const figures = new Map(received.map(({ topic, text }) => [topic, text]));
  assertEquals(figures.get("$SYS/broker/version"), "MQTT workbook for Deno");
  assertMatch(figures.get("$SYS/broker/uptime")!, /^\d+ seconds$/);
  for (const name of ["clients/connected", "messages/received", "bytes/sent"]) {
    assertMatch(figures.get(`$SYS/broker/${name}`)!, /^\d+$/);
  }
  assert(!JSON.stringify(received).includes("secret"));
});

Deno.test("publishSystemTopics() publishes a figure again when it has changed", async () => {
  const figures = new Figures();
  const retained = new RetainedMessages(readLimits(), { log: () => {} });
  const router = new Router(retained);
  const sessions = { all: [] as unknown[] } as Sessions;
  const counts: string[] = [];
  const twice = Promise.withResolvers<void>();
  router.send = ({ topic, payload }) => {
    if (topic.text === "$SYS/broker/messages/received") {
      counts.push(`${payload}`);
      figures.packetsReceived = 7;
      if (counts.length === 2) twice.resolve();
    }
  };
  const options = { ...{ figures, retained, router, sessions }, interval: 5 };
  const stop = publishSystemTopics(options);
  try {
    await within("the second time", twice.promise);
  } finally {
    stop();
  }
  assertEquals(counts, ["0", "7"]);
  // They take no room from what clients retain.
  assertEquals(retained.count, 0);
});
