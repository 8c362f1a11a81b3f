import { assertEquals } from "@std/assert";
import {
  allEnd,
  type Ending,
  endingsOf,
  refusalsOf,
} from "../../../testing/clients/sessions5.ts";
import {
  acknowledge5,
  auth5,
  connect5,
  disconnect5,
  OPTION,
  publish5,
  subscribe5,
  TYPE5,
  unsubscribe5,
} from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
  propertyBytes,
} from "../../../testing/clients/properties5.ts";
import { rawPacket, text, word } from "../../../testing/clients/raw_client.ts";
import { test, times } from "../../../testing/test.ts";

/** A packet with the flags of its first byte changed. */
function flagged(packet: Uint8Array, flags: number): Uint8Array {
  packet[0] = packet[0]! & 0xf0 | flags;
  return packet;
}

/** The cases that end otherwise than in one of these ways. */
function otherThan(endings: Record<string, Ending>, ...ways: Ending[]) {
  return Object.fromEntries(
    Object.entries(endings).filter(([, ending]) => !ways.includes(ending)),
  );
}

const A = text("a");
const NO_PROPERTIES = propertyBytes([]);

test.broker("startBroker() ends with 129 who sets flags that are reserved", async (broker) => {
  const packets: Record<string, () => Uint8Array> = {
    PUBACK: () => acknowledge5(TYPE5.PUBACK, 1),
    PUBREC: () => acknowledge5(TYPE5.PUBREC, 1),
    PUBREL: () => acknowledge5(TYPE5.PUBREL, 1),
    PUBCOMP: () => acknowledge5(TYPE5.PUBCOMP, 1),
    SUBSCRIBE: () => subscribe5({ a: 0 }),
    UNSUBSCRIBE: () => unsubscribe5(["a"]),
    PINGREQ: () => rawPacket(TYPE5.PINGREQ),
    DISCONNECT: () => disconnect5(),
  };
  const cases: Record<string, Uint8Array> = {};
  for (const [name, packet] of Object.entries(packets)) {
    const right = packet()[0]! & 0x0f;
    for (const flags of [0, 1, 2, 4, 8, 15]) {
      if (flags === right) continue;
      cases[`${name} with ${flags}`] = flagged(packet(), flags);
    }
  }
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 129));
});

test.broker("startBroker() ends with 151 who sends more than a thousand properties", async (broker) => {
  const property: Property = [PROPERTY.userProperty, ["a", "b"]];
  const properties = Array<Property>(1_001).fill(property);
  const cases = { PUBLISH: publish5({ topic: "a", properties }) };
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 151));
});

test.broker("startBroker() ends with 129 who sends what can't be read", async (broker) => {
  const subscribe = (options: number) => subscribe5({ a: options });
  const cases = {
    "a PUBLISH of QoS 3": flagged(publish5({ topic: "a", qos: 2 }), 6),
    "a PUBLISH without a topic": rawPacket(TYPE5.PUBLISH),
    "a PUBLISH whose topic is longer than it": //
      rawPacket(TYPE5.PUBLISH, word(9), Uint8Array.of(0x61, 0)),
    "a PUBLISH without properties": rawPacket(TYPE5.PUBLISH, A),
    "properties longer than the PUBLISH": //
      rawPacket(TYPE5.PUBLISH, A, Uint8Array.of(9, 1, 0)),
    "a property that is cut off": //
      publish5({ topic: "a", properties: [Uint8Array.of(2, 0, 0)] }),
    "a property that nobody knows": //
      publish5({ topic: "a", properties: [Uint8Array.of(0x7f, 0)] }),
    "a SUBSCRIBE of half a filter": //
      rawPacket(TYPE5.SUBSCRIBE, word(1), NO_PROPERTIES, word(9), A),
    "a SUBSCRIBE without options": //
      rawPacket(TYPE5.SUBSCRIBE, word(1), NO_PROPERTIES, A),
    "the reserved bit 6": subscribe(0x40),
    "the reserved bit 7": subscribe(0x80),
    "an UNSUBSCRIBE of half a filter": //
      rawPacket(TYPE5.UNSUBSCRIBE, word(1), NO_PROPERTIES, word(9), A),
    "a PUBACK of one byte": rawPacket(TYPE5.PUBACK, Uint8Array.of(1)),
    "a PUBREL with bytes left over": //
      rawPacket(TYPE5.PUBREL, word(1), Uint8Array.of(0, 0, 7)),
    "a PINGREQ with a body": rawPacket(TYPE5.PINGREQ, Uint8Array.of(0)),
    "a DISCONNECT with bytes left over": //
      rawPacket(TYPE5.DISCONNECT, Uint8Array.of(0, 0, 7)),
  };
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 129));
});

test.broker("startBroker() ends with 130 who breaks the protocol", async (broker) => {
  const publish = (...properties: Property[]) =>
    publish5({ topic: "a", properties });
  const cases = {
    "a CONNACK": rawPacket(TYPE5.CONNACK, Uint8Array.of(0, 0, 0)),
    "a SUBACK": rawPacket(TYPE5.SUBACK, word(1), Uint8Array.of(0, 0)),
    "an UNSUBACK": rawPacket(TYPE5.UNSUBACK, word(1), Uint8Array.of(0, 0)),
    "a PINGRESP": rawPacket(TYPE5.PINGRESP),
    "a SUBSCRIBE without filters": subscribe5({}),
    "an UNSUBSCRIBE without filters": unsubscribe5([]),
    "a filter's QoS 3": subscribe5({ a: 3 }),
    "retain handling 3": subscribe5({ a: 0x30 }),
    "no local for a shared subscription": //
      subscribe5({ "$share/g/a": OPTION.NO_LOCAL }),
    "a subscription identifier of 0": subscribe5({ a: 0 }, {
      properties: [[PROPERTY.subscriptionIdentifier, 0]],
    }),
    "two subscription identifiers": subscribe5({ a: 0 }, {
      properties: [
        [PROPERTY.subscriptionIdentifier, 1],
        [PROPERTY.subscriptionIdentifier, 2],
      ],
    }),
    "a PUBLISH with a subscription identifier": //
      publish([PROPERTY.subscriptionIdentifier, 1]),
    "a PUBLISH without topic or alias": publish5({ topic: "" }),
    "two content types": //
      publish([PROPERTY.contentType, "a"], [PROPERTY.contentType, "a"]),
    "two message expiry intervals": publish(
      [PROPERTY.messageExpiryInterval, 1],
      [PROPERTY.messageExpiryInterval, 1],
    ),
    "two reason strings": disconnect5(0, [
      [PROPERTY.reasonString, "a"],
      [PROPERTY.reasonString, "b"],
    ]),
  };
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 130));
});

test.broker("startBroker() ends who does what has no reason code of its own", async (broker) => {
  const expiry: Property = [PROPERTY.sessionExpiryInterval, 1];
  const endings = await endingsOf(broker, {
    "the type 0": rawPacket(0x00),
    // It is wrong in two ways, and either may be noticed first.
    "an AUTH with flags": flagged(auth5(), 1),
    "a PUBLISH of QoS 0 with DUP": publish5({ topic: "a", duplicate: true }),
    "a payload format of 2": publish5({
      topic: "a",
      properties: [[PROPERTY.payloadFormatIndicator, 2]],
    }),
    "a response topic with a wildcard": publish5({
      topic: "a",
      properties: [[PROPERTY.responseTopic, "a/+"]],
    }),
    "session expiry in PUBLISH": publish5({ topic: "a", properties: [expiry] }),
    "session expiry in PUBACK": //
      acknowledge5(TYPE5.PUBACK, 1, { properties: [expiry] }),
    "session expiry in SUBSCRIBE": subscribe5({ a: 0 }, {
      properties: [expiry],
    }),
    "session expiry in UNSUBSCRIBE": //
      unsubscribe5(["a"], { properties: [expiry] }),
    "a topic alias in DISCONNECT": disconnect5(0, [[PROPERTY.topicAlias, 1]]),
    "a PUBLISH of QoS 1 with the identifier 0": //
      publish5({ topic: "a", qos: 1, id: 0 }),
    "a PUBLISH of QoS 2 with the identifier 0": //
      publish5({ topic: "a", qos: 2, id: 0 }),
    "a SUBSCRIBE with the identifier 0": subscribe5({ a: 0 }, { id: 0 }),
    "an UNSUBSCRIBE with the identifier 0": unsubscribe5(["a"], { id: 0 }),
    "a PUBACK with the identifier 0": acknowledge5(TYPE5.PUBACK, 0),
    "a PUBREL with the identifier 0": acknowledge5(TYPE5.PUBREL, 0),
  });
  assertEquals(otherThan(endings, 129, 130), {});
});

test.broker("startBroker() serves the others while it ends who breaks the protocol", async (broker) => {
  const cases = Object.fromEntries(times(20, (index) => [index, connect5()]));
  const ends = endingsOf(broker, cases);
  const other = await endingsOf(broker, { fine: disconnect5(0) });
  assertEquals(other, { fine: undefined });
  assertEquals(await ends, allEnd(cases, 130));
});

const WILL = { topic: "a", payload: "b" };

/** A CONNECT whose payload is what is given. */
function payload(flags: number, ...parts: Uint8Array[]): Uint8Array {
  const version = Uint8Array.of(5, flags);
  const header = [text("MQTT"), version, word(0), NO_PROPERTIES];
  return rawPacket(TYPE5.CONNECT, ...header, ...parts);
}

test.broker("startBroker() refuses a CONNECT that can't be read with 129", async (broker) => {
  const id = text("id");
  const cases = {
    "its reserved flag": connect5({ flags: 0x03 }),
    "a will QoS without a will": connect5({ flags: 0x0a }),
    "a retained will without a will": connect5({ flags: 0x22 }),
    "a will QoS of 3": connect5({ will: WILL, flags: 0x1e }),
    "no client id": payload(0x02),
    "half a client id": payload(0x02, word(9), Uint8Array.of(0x61)),
    "a will without properties, topic and payload": payload(0x06, id),
    "a will without topic and payload": payload(0x06, id, NO_PROPERTIES),
    "a will without a payload": payload(0x06, id, NO_PROPERTIES, text("a")),
    "no user name, which its flag says": payload(0x82, id),
    "no password, which its flag says": payload(0x42, id),
    "no password after the user name": payload(0xc2, id, text("ann")),
    "a user name, which its flag doesn't say": payload(0x02, id, text("ann")),
    "a password, which its flag doesn't say": //
      payload(0x82, id, text("ann"), text("secret")),
    "a will, which its flag doesn't say": //
      payload(0x02, id, NO_PROPERTIES, text("a"), text("b")),
    "the end after the protocol version": //
      rawPacket(TYPE5.CONNECT, text("MQTT"), Uint8Array.of(5)),
    "the end after the keepalive": //
      rawPacket(TYPE5.CONNECT, text("MQTT"), Uint8Array.of(5, 2, 0, 0)),
    "properties that are longer than it": rawPacket(
      TYPE5.CONNECT,
      ...[text("MQTT"), Uint8Array.of(5, 2, 0, 0), Uint8Array.of(99), id],
    ),
    "a property that nobody knows": //
      connect5({ properties: [Uint8Array.of(0x7f, 0)] }),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 129));
});

test.broker("startBroker() refuses a CONNECT whose fixed header has flags", async (broker) => {
  const cases: Record<string, Uint8Array> = {};
  for (const flags of [1, 2, 4, 8, 15]) {
    cases[flags] = connect5();
    cases[flags][0] = TYPE5.CONNECT | flags;
  }
  const endings = await refusalsOf(broker, cases);
  assertEquals(otherThan(endings, undefined, 129), {});
});

test.broker("startBroker() refuses a CONNECT that breaks the protocol with 130", async (broker) => {
  const connect = (...properties: Property[]) => connect5({ properties });
  const will = (...properties: Property[]) =>
    connect5({ will: { ...WILL, properties } });
  const cases = {
    "a receive maximum of 0": connect([PROPERTY.receiveMaximum, 0]),
    "a maximum packet size of 0": connect([PROPERTY.maximumPacketSize, 0]),
    "a request for problem information of 2": //
      connect([PROPERTY.requestProblemInformation, 2]),
    "a request for response information of 2": //
      connect([PROPERTY.requestResponseInformation, 2]),
    "authentication data without a method": //
      connect([PROPERTY.authenticationData, Uint8Array.of(1)]),
    "two session expiry intervals": connect(
      [PROPERTY.sessionExpiryInterval, 1],
      [PROPERTY.sessionExpiryInterval, 1],
    ),
    "two receive maximums": //
      connect([PROPERTY.receiveMaximum, 1], [PROPERTY.receiveMaximum, 1]),
    "two will delays": will(
      [PROPERTY.willDelayInterval, 1],
      [PROPERTY.willDelayInterval, 1],
    ),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 130));
});

test.broker("startBroker() refuses a CONNECT that says what has no reason code of its own", async (broker) => {
  const connect = (property: Property) => connect5({ properties: [property] });
  const will = (property: Property) =>
    connect5({ will: { ...WILL, properties: [property] } });
  const endings = await refusalsOf(broker, {
    "a will delay among CONNECT's properties": //
      connect([PROPERTY.willDelayInterval, 1]),
    "a topic alias": connect([PROPERTY.topicAlias, 1]),
    "a session expiry among the will's properties": //
      will([PROPERTY.sessionExpiryInterval, 1]),
    "a topic alias of the will": will([PROPERTY.topicAlias, 1]),
    "a payload format of 2": will([PROPERTY.payloadFormatIndicator, 2]),
    "a response topic with a wildcard": will([PROPERTY.responseTopic, "a/#"]),
    "a will topic with a wildcard": connect5({ will: { topic: "a/#" } }),
    "a will topic that is empty": connect5({ will: { topic: "" } }),
  });
  assertEquals(otherThan(endings, 129, 130, 144), {});
});

test.broker("startBroker() takes a password without a user name", async (broker) => {
  const cases = {
    "a password": connect5({ password: "secret" }),
    "an empty one": connect5({ password: "" }),
    "an empty user name": connect5({ user: "" }),
    "both, with a will": connect5({
      ...{ user: "ann", password: "secret", will: { ...WILL, qos: 2 } },
    }),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 0));
});
