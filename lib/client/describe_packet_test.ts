import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Packet } from "mqtt-packet";
import { describePacket } from "./describe_packet.ts";
import { times } from "../../testing/test.ts";

const PUBLISH = {
  cmd: "publish",
  topic: "iot/x",
  qos: 0,
  retain: false,
  dup: false,
  payload: "abc",
} as const;

const CONNECT = {
  cmd: "connect",
  protocolVersion: 5,
  clientId: "gate",
  clean: false,
  keepalive: 7,
} as const;

const packets: [Packet, string][] = [
  [{ cmd: "pingreq" }, "PINGREQ"],
  [{ cmd: "puback", messageId: 7 }, "PUBACK      id 7"],
  [
    { ...PUBLISH, qos: 2, messageId: 7, retain: true, dup: true },
    "PUBLISH     iot/x qos 2 id 7 retain dup 3 bytes",
  ],
  [
    { cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "#", qos: 1 }] },
    "SUBSCRIBE   # qos 1 id 1",
  ],
  [
    { cmd: "suback", messageId: 1, granted: [0, 128] },
    "SUBACK      granted 0, refused (128) id 1",
  ],
  [
    { cmd: "unsubscribe", messageId: 2, unsubscriptions: ["a", "b"] },
    "UNSUBSCRIBE a b id 2",
  ],
  [
    { cmd: "connack", returnCode: 0, sessionPresent: true },
    "CONNACK     accepted, session present",
  ],
  [
    { cmd: "connack", returnCode: 5, sessionPresent: false },
    "CONNACK     not authorized (5)",
  ],
  [
    {
      ...{ ...CONNECT, protocolVersion: 4, username: "info" },
      password: Buffer.from("Password1234"),
    },
    "CONNECT     gate session kept keepalive 7 user info",
  ],
];

const ofMqtt5: [Packet, string][] = [
  [
    {
      ...{ ...CONNECT, clean: true },
      will: {
        ...{ topic: "gate/status", payload: "lost" },
        properties: { willDelayInterval: 10, contentType: "text/plain" },
      },
      properties: {
        sessionExpiryInterval: 60,
        receiveMaximum: 5,
        authenticationMethod: "SCRAM",
        authenticationData: Buffer.from("Password1234"),
      },
    },
    'CONNECT     gate MQTT 5 clean start keepalive 7 will gate/status (will delay interval 10 s, content type "text/plain"), session expiry interval 60 s, receive maximum 5, authentication method "SCRAM", authentication data 12 bytes',
  ],
  [
    { ...CONNECT, properties: { sessionExpiryInterval: 0xffffffff } },
    "CONNECT     gate MQTT 5 keepalive 7, session expiry interval for ever",
  ],
  [
    {
      cmd: "connack",
      reasonCode: 0,
      sessionPresent: true,
      properties: {
        receiveMaximum: 20,
        maximumQoS: 1,
        retainAvailable: false,
        serverKeepAlive: 30,
      },
    },
    "CONNACK     accepted, session present, receive maximum 20, maximum QoS 1, retain available false, server keep alive 30 s",
  ],
  [
    {
      cmd: "connack",
      reasonCode: 135,
      sessionPresent: false,
      properties: { reasonString: "no\x1b[2J\nvisitors" },
    },
    'CONNACK     not authorized (135), reason "no\\x1b[2J\\nvisitors"',
  ],
  [
    { cmd: "puback", messageId: 1, reasonCode: 16 },
    "PUBACK      id 1 no matching subscribers (16)",
  ],
  [
    { cmd: "disconnect", reasonCode: 142 },
    "DISCONNECT  session taken over (142)",
  ],
  [{ cmd: "auth", reasonCode: 24 }, "AUTH        continue authentication (24)"],
  [
    {
      cmd: "subscribe",
      messageId: 1,
      subscriptions: [
        { topic: "a", qos: 1, nl: true, rap: true, rh: 2 },
        { topic: "b", qos: 0, nl: false, rap: false, rh: 0 },
      ],
      properties: { subscriptionIdentifier: 7 },
    },
    "SUBSCRIBE   a qos 1 no local retain as published retain handling 2 b qos 0 id 1, subscription identifier 7",
  ],
  [
    { cmd: "suback", messageId: 1, granted: [1, 135] },
    "SUBACK      granted 1, not authorized (135) id 1",
  ],
  [
    { cmd: "unsuback", messageId: 2, granted: [0, 17] },
    "UNSUBACK    id 2 no subscription existed (17)",
  ],
  [
    {
      ...PUBLISH,
      topic: "",
      properties: {
        topicAlias: 3,
        payloadFormatIndicator: true,
        messageExpiryInterval: 60,
        responseTopic: "iot/answers",
        correlationData: Buffer.from("seven"),
        userProperties: { unit: "°C", room: ["a", "b"] },
        subscriptionIdentifier: [1, 2],
      },
    },
    'PUBLISH     (topic alias) qos 0 3 bytes, topic alias 3, payload format indicator true, message expiry interval 60 s, response topic "iot/answers", correlation data "seven", "unit": "°C", "room": "a", "room": "b", subscription identifier 1 2',
  ],
];

for (const [packet, expected] of [...packets, ...ofMqtt5]) {
  Deno.test(`describePacket() describes ${expected.slice(0, 70)}`, () => {
    assertEquals(describePacket(packet), expected);
  });
}

Deno.test("describePacket() shows user properties in the order of their pairs", () => {
  const pairs = [{ b: "1" }, { a: "2" }, { b: "3" }];
  const properties = { userProperties: pairs as never };
  assertEquals(
    describePacket({ ...PUBLISH, properties }),
    'PUBLISH     iot/x qos 0 3 bytes, "b": "1", "a": "2", "b": "3"',
  );
});

Deno.test("describePacket() lets nothing of a stranger move the cursor or fill the screen", () => {
  const line = describePacket({
    ...PUBLISH,
    topic: "iot/\x1b[2J",
    properties: {
      correlationData: Buffer.from(Array(100).fill(0xff)),
      contentType: "x".repeat(1000),
      userProperties: Object.fromEntries(
        times(1000, (number) => [`\r${number}`, "\n"]),
      ),
    },
  });
  assertEquals(line.startsWith("PUBLISH     iot/\\x1b[2J qos 0"), true);
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x1f]/.test(line), false);
  assertEquals(line.includes(`correlation data 0x${"ff".repeat(30)}…`), true);
  assertEquals(line.endsWith(', "\\r9": "\\n", 990 more'), true);
  assertEquals(line.length < 500, true);
});
