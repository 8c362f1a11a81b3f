import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  publish5,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
} from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  type Packet5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";

const { PUBACK, SUBACK } = TYPE5;

/** The order tells, as do names that are twice, and texts that are empty. */
const PAIRS: [string, string][] = [
  ["b", "1"],
  ["a", "2"],
  ["b", "1"],
  ["", ""],
  ["é", "日本"],
];
const ALL: Property[] = [
  ...PAIRS.slice(0, 2).map(pair),
  [PROPERTY.contentType, "text/plain; charset=utf-8"],
  [PROPERTY.responseTopic, "answers/to é"],
  ...PAIRS.slice(2, 3).map(pair),
  [PROPERTY.payloadFormatIndicator, 1],
  [PROPERTY.correlationData, Uint8Array.of(0, 255, 128, 0)],
  ...PAIRS.slice(3).map(pair),
];

function pair(each: [string, string]): Property {
  return [PROPERTY.userProperty, each];
}

function assertAll(packet: Packet5): void {
  const texts = (["contentType", "responseTopic"] as const)
    .map((name) => valuesOf(packet, name));
  assertEquals(texts, [["text/plain; charset=utf-8"], ["answers/to é"]]);
  assertEquals(valuesOf(packet, "payloadFormatIndicator"), [1]);
  const data = valuesOf(packet, "correlationData")
    .map((value) => [...value as Uint8Array]);
  assertEquals(data, [[0, 255, 128, 0]]);
  assertEquals(valuesOf(packet, "userProperty"), PAIRS);
}

Deno.test("startBroker() passes on the properties of a message unaltered, to all and at each QoS", async () => {
  await using broker = await startBroker({ port: 0 });
  const readers = [];
  for (const qos of [0, 1, 2]) {
    const client = await connectRaw5(broker);
    await client.ask(SUBACK, subscribe5({ a: qos }));
    readers.push(client);
  }
  await using client = await connectRaw5(broker);
  await client.ask(PUBACK, publish5({ topic: "a", qos: 1, properties: ALL }));
  for (const reader of readers) {
    assertAll(await reader.receive());
    reader.close();
  }
});

Deno.test("startBroker() keeps the properties of a message that waits for its client", async () => {
  await using broker = await startBroker({ port: 0 });
  const first = await connectRaw5(broker, session5("a"));
  await first.ask(SUBACK, subscribe5({ a: 1 }));
  first.close();
  await using client = await connectRaw5(broker);
  await client.ask(PUBACK, publish5({ topic: "a", qos: 1, properties: ALL }));
  const second = await connectRaw5(broker, session5("a"));
  const packet = await second.take(TYPE5.PUBLISH);
  assertAll(packet);
  second.close();
  await using third = await connectRaw5(broker, session5("a"));
  const again = await third.receive();
  assertEquals([again.id, again.duplicate], [packet.id, true]);
  assertAll(again);
});

Deno.test("startBroker() sends no property that the message hasn't got", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await connectRaw5(broker);
  await reader.ask(SUBACK, subscribe5({ a: 1 }));
  await using client = await connectRaw5(broker);
  for (const qos of [0, 1] as const) {
    await client.send(publish5({ topic: "a", payload: "b", qos }));
    assertEquals((await reader.receive()).properties, []);
  }
});

Deno.test("startBroker() leaves a payload as it is, whatever its format is said to be", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await connectRaw5(broker);
  await reader.ask(SUBACK, subscribe5({ a: 0 }));
  await using client = await connectRaw5(broker);
  const payload = "grün \u0000 \ufeff";
  for (const format of [0, 1]) {
    await client.send(publish5({
      topic: "a",
      payload,
      properties: [[PROPERTY.payloadFormatIndicator, format]],
    }));
    const packet = await reader.receive();
    assertEquals(packet.payload, payload);
    const said = valuesOf(packet, "payloadFormatIndicator");
    // Left out, it is 0 (section 3.3.2.3.2).
    assertEquals(said.length === 0 ? [0] : said, [format]);
  }
});
