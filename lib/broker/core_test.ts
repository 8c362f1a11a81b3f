import { assertEquals } from "@std/assert";
import { startBroker } from "../broker.ts";
import { openClient } from "../../testing/clients/clients.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  readPublish,
  subscribePacket,
  TYPE,
} from "../../testing/clients/raw_client.ts";

Deno.test("startBroker() handles in order what a client sends without waiting for CONNACK", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await openRaw(broker, {});
  await subscriber.send(subscribePacket({ "eager/#": 0 }));
  await subscriber.next();
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
    const { payload } = readPublish((await subscriber.next())!);
    assertEquals(payload, String(index));
  }
});

Deno.test("startBroker() takes 65,535 messages of QoS 2 before the first is released", async () => {
  await using broker = await startBroker({ port: 0 });
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
  await publisher.send(acknowledgement(TYPE.PUBREL, 65_535));
  assertEquals((await publisher.next())?.header, TYPE.PUBCOMP);
});

Deno.test("startBroker() serves a client of MQTT 3.1", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await openClient(broker.url, {
    protocolId: "MQIsdp",
    protocolVersion: 3,
  });
  await client.subscribe("old", 1);
  await client.publish("old", "but gold", { qos: 1 });
  assertEquals((await client.untilReceived(1))[0]?.text, "but gold");
});

Deno.test("startBroker() refuses a lasting session to a client without a name", async () => {
  await using broker = await startBroker({ port: 0 });
  await using nameless = await openRaw(broker);
  await nameless.send(connectPacket({ clientId: "", clean: false }));
  assertEquals([...(await nameless.next())!.body], [0, 2]);
  assertEquals(await nameless.next(), undefined);
});

Deno.test("startBroker() shares messages in MQTT 3.1.1, too, as mosquitto does", async () => {
  await using broker = await startBroker({ port: 0 });
  const clients = [await openRaw(broker, {}), await openRaw(broker, {})];
  for (const client of clients) {
    await client.send(subscribePacket({ "$share/group/iot/#": 1 }));
    assertEquals([...(await client.next())!.body], [0, 1, 1]);
  }
  await using publisher = await openRaw(broker, {});
  for (const payload of ["a", "b", "c", "d"]) {
    await publisher.send(publishPacket({ topic: "iot/x", payload }));
  }
  const shares = [];
  for (const client of clients) {
    const payloads = [];
    for (let count = 0; count < 2; count++) {
      payloads.push(readPublish((await client.next())!).payload);
    }
    shares.push(payloads);
    client.close();
  }
  assertEquals(shares.toSorted(), [["a", "c"], ["b", "d"]]);
});

Deno.test("startBroker() cuts who leaves out a part of a shared subscription", async () => {
  await using broker = await startBroker({ port: 0 });
  for (const filter of ["$share/g", "$share/g/", "$share//a", "$share/+/a"]) {
    await using client = await openRaw(broker, {});
    await client.send(subscribePacket({ [filter]: 1 }));
    assertEquals(await client.next(), undefined, filter);
  }
});

Deno.test("startBroker() cuts a client that breaks the protocol, and goes on", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    port: 0,
    log: (line) => lines.push(line),
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
