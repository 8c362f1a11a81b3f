import { assert, assertEquals } from "@std/assert";
import { within } from "../../../testing/deadline.ts";
import {
  allEnd,
  endingsOf,
  refusalsOf,
} from "../../../testing/clients/sessions5.ts";
import {
  acknowledge5,
  connect5,
  disconnect5,
  publish5,
  subscribe5,
  TYPE5,
  unsubscribe5,
} from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
} from "../../../testing/clients/properties5.ts";
import { subscribeRaw5 } from "../../../testing/clients/raw_client5.ts";
import { test } from "../../../testing/test.ts";

/** What no text may be, four bytes each (sections 1.5.4 and RFC 3629). */
const NO_TEXT: Record<string, number[]> = {
  "half a character": [0x61, 0x61, 0xc3, 0x28],
  "more bytes than a character needs": [0xc0, 0x80, 0x61, 0x61],
  "U+D800": [0xed, 0xa0, 0x80, 0x61],
  "U+DFFF": [0xed, 0xbf, 0xbf, 0x61],
  "U+110000": [0xf4, 0x90, 0x80, 0x80],
  "U+0000": [0x61, 0x00, 0x61, 0x61],
};
const MARK = "@@@@";

/** A packet in which other bytes are where it says {@linkcode MARK}. */
function put(bytes: number[], packet: Uint8Array): Uint8Array {
  const at = packet.findIndex((_, index) =>
    packet.subarray(index, index + 4).every((byte) => byte === 0x40)
  );
  packet.set(bytes, at);
  return packet;
}

/** Each wrong text in each of the places. */
function everywhere(
  places: Record<string, () => Uint8Array>,
): Record<string, Uint8Array> {
  const cases: Record<string, Uint8Array> = {};
  for (const [place, packet] of Object.entries(places)) {
    for (const [what, bytes] of Object.entries(NO_TEXT)) {
      cases[`${what} in ${place}`] = put(bytes, packet());
    }
  }
  return cases;
}

test.broker("startBroker() ends who sends text that isn't UTF-8, wherever it is", async (broker) => {
  const publish = (property: Property) => () =>
    publish5({ topic: "a", properties: [property] });
  const cases = everywhere({
    "a topic name": () => publish5({ topic: MARK }),
    "a topic filter": () => subscribe5({ [MARK]: 0 }),
    "a filter to give up": () => unsubscribe5([MARK]),
    "a reason string": () => disconnect5(0, [[PROPERTY.reasonString, MARK]]),
    "a content type": publish([PROPERTY.contentType, MARK]),
    "a response topic": publish([PROPERTY.responseTopic, MARK]),
    "a name": publish([PROPERTY.userProperty, [MARK, ""]]),
    "a value": publish([PROPERTY.userProperty, ["", MARK]]),
  });
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 129));
});

test.broker("startBroker() refuses a CONNECT with text that isn't UTF-8", async (broker) => {
  const cases = everywhere({
    "the client id": () => connect5({ clientId: MARK }),
    "the will topic": () => connect5({ will: { topic: MARK } }),
    "the user name": () => connect5({ user: MARK }),
    "a value": () =>
      connect5({ properties: [[PROPERTY.userProperty, ["a", MARK]]] }),
    "the will's content type": () =>
      connect5({
        will: { topic: "a", properties: [[PROPERTY.contentType, MARK]] },
      }),
  });
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 129));
});

test.connected("startBroker() keeps U+FEFF wherever it is in a text", async ({ client }) => {
  const topic = "\ufeffa\ufeff";
  const pair: [string, string] = ["\ufeffname", "\ufeffvalue"];
  await client.subscribe({ "a": 0, "a\ufeff": 0, [topic]: 0 });
  const properties: Property[] = [
    [PROPERTY.contentType, "\ufeff"],
    [PROPERTY.userProperty, pair],
  ];
  await client.publish({ topic, properties });
  const packet = await client.take(TYPE5.PUBLISH);
  assertEquals([packet.topic, packet.properties], [topic, properties]);
  await client.ping();
});

test.broker("startBroker() writes each length in as few bytes as it needs", async (broker) => {
  const address = { port: broker.port, hostname: "127.0.0.1" };
  using socket = await Deno.connect(address);
  const bytes = collect(socket);
  // What is left of a PUBLISH besides its payload: topic and property length.
  const lengths = [127, 128, 16_383, 16_384];
  const published = lengths.map((length) =>
    publish5({ topic: "a", payload: "x".repeat(length - 4) })
  );
  for (const packet of [connect5(), subscribe5({ a: 0 }), ...published]) {
    await socket.write(packet);
  }
  const whole = published.reduce((sum, { length }) => sum + length, 0);
  const received = await bytes(whole);
  let offset = 0;
  for (const packet of published) {
    const end = offset + packet.length;
    assertEquals(received.slice(offset, end), packet);
    offset = end;
  }
});

/** Gives the last so many bytes, once PUBLISH packets have filled them. */
function collect(socket: Deno.Conn): (count: number) => Promise<Uint8Array> {
  return async (count) => {
    const received: number[] = [];
    const chunk = new Uint8Array(65_536);
    // CONNACK and SUBACK come first, and tell by their length where they end.
    let before: number | undefined;
    while (before === undefined || received.length < before + count) {
      const read = await within("bytes", socket.read(chunk));
      assert(read !== null, "Broker has closed");
      received.push(...chunk.subarray(0, read));
      before ??= lengthOfAnswers(received);
    }
    return Uint8Array.from(received.slice(before));
  };
}

/** How long CONNACK and SUBACK are, once they are there. */
function lengthOfAnswers(bytes: number[]): number | undefined {
  const connack = 2 + (bytes[1] ?? Infinity);
  const end = connack + 2 + (bytes[connack + 1] ?? Infinity);
  return bytes.length >= end ? end : undefined;
}

test.broker("startBroker() ends who writes a length in more bytes than it needs", async (broker) => {
  const cases = {
    "of a PINGREQ": [TYPE5.PINGREQ, 0x80, 0x00],
    "of a PUBLISH": [TYPE5.PUBLISH, 0x84, 0x00, 0, 1, 0x61, 0],
    "of properties": [TYPE5.PUBLISH, 5, 0, 1, 0x61, 0x80, 0x00],
    "of five bytes": [TYPE5.PUBLISH, 0xff, 0xff, 0xff, 0xff, 0x01],
    "of a subscription identifier": [
      ...[TYPE5.SUBSCRIBE, 10, 0, 1, 3, PROPERTY.subscriptionIdentifier],
      ...[0x81, 0x00, 0, 1, 0x61, 0],
    ],
  };
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 129));
  const [header, length, ...rest] = connect5();
  const connect = { CONNECT: [header!, length! | 0x80, 0, ...rest] };
  assertEquals(await refusalsOf(broker, connect), allEnd(connect, 129));
});

test.connected("startBroker() says with a length of 0 that a packet has no properties", async ({ client }) => {
  const suback = await client.subscribe({ a: 0 });
  assertEquals([suback.size, suback.properties, suback.reasons], [6, [], [0]]);
  const published = publish5({ topic: "a", payload: "b" });
  const packet = await client.ask(TYPE5.PUBLISH, published);
  assertEquals([packet.size, packet.properties], [published.length, []]);
  const unsuback = await client.unsubscribe(["a"]);
  assertEquals([unsuback.size, unsuback.reasons], [6, [0]]);
});

test.broker("startBroker() takes acknowledgements in each of their three lengths", async (broker) => {
  await using client = await subscribeRaw5(broker, { a: 2 });
  const lengths = [{}, { reason: 0 }, { reason: 0, properties: [] }];
  for (const [index, fields] of lengths.entries()) {
    const id = index + 1;
    await client.ask(TYPE5.PUBREC, publish5({ topic: "a", qos: 2, id }));
    await client.send(acknowledge5(TYPE5.PUBREL, id, fields));
    // PUBCOMP and the message may come in either order.
    const answers = [await client.next(), await client.next()];
    const types = new Set(answers.map((each) => each?.type));
    assertEquals(types, new Set([TYPE5.PUBLISH, TYPE5.PUBCOMP]));
    const sent = answers.find((each) => each?.type === TYPE5.PUBLISH)!;
    const pubrec = acknowledge5(TYPE5.PUBREC, sent.id, fields);
    await client.ask(TYPE5.PUBREL, pubrec);
    await client.send(acknowledge5(TYPE5.PUBCOMP, sent.id, fields));
    await client.ping();
  }
});
