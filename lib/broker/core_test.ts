import { assertEquals } from "@std/assert";
import { startBroker } from "../broker.ts";
import { openClient } from "../../testing/clients/clients.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  subscribePacket,
  subscribeRaw,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { test } from "../../testing/test.ts";
import { logged } from "../../testing/logged.ts";

test.broker("startBroker() handles in order what a client sends without waiting for CONNACK", async (broker) => {
  await using subscriber = await subscribeRaw(broker, { "eager/#": 0 });
  const total = 20_000;
  await using eager = await openRaw(broker);
  await eager.send(
    connectPacket(),
    ...Array.from(
      { length: total },
      (_, index) => publishPacket({ topic: "eager/x", payload: String(index) }),
    ),
  );
  for (let index = 0; index < total; index++) {
    const { payload } = await subscriber.message();
    assertEquals(payload, String(index));
  }
});

test.broker("startBroker() takes 65,535 messages of QoS 2 before the first is released", async (broker) => {
  await using publisher = await openRaw(broker, {});
  const ids = Array.from({ length: 65_535 }, (_, index) => index + 1);
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
  await using client = await openClient(broker.url, {
    protocolId: "MQIsdp",
    protocolVersion: 3,
  });
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

test.broker("startBroker() cuts who leaves out a part of a shared subscription", async (broker) => {
  for (const filter of ["$share/g", "$share/g/", "$share//a", "$share/+/a"]) {
    await using client = await openRaw(broker, {});
    await client.send(subscribePacket({ [filter]: 1 }));
    assertEquals(await client.next(), undefined, filter);
  }
});

Deno.test("startBroker() cuts a client that breaks the protocol, and goes on", async () => {
  const { lines, log } = logged();
  await using broker = await startBroker({
    port: 0,
    log,
  });
  const rubbish = [
    new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
    publishPacket({ topic: "before/connect" }),
    Uint8Array.of(0x00, 0x00),
  ];
  for (const bytes of rubbish) {
    await using raw = await openRaw(broker);
    await raw.send(bytes);
    assertEquals(await raw.next(), undefined);
  }
  const wrong = [
    subscribePacket({ "a/#/b": 0 }),
    publishPacket({ topic: "a/+" }),
    publishPacket({ topic: "" }),
    publishPacket({ topic: "a/".repeat(200) }),
    connectPacket(),
  ];
  for (const bytes of wrong) {
    await using raw = await openRaw(broker, { clientId: "clumsy" });
    await raw.send(bytes);
    assertEquals(await raw.next(), undefined);
  }
  const errors = lines.filter((line) => / from [\d.:]+: /.test(line));
  assertEquals(errors.length, rubbish.length + wrong.length, lines.join("\n"));
  await using client = await openClient(broker.url);
  assertEquals(client.client.connected, true);
});
