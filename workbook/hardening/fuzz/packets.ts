/**
 * Packets for the fuzzer: well-formed ones, and nonsense with the looks of one.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import mqttPacket, { type Packet, type QoS } from "mqtt-packet";
import { rawPacket } from "../../../lib/testing/raw_client.ts";
import type { Random } from "../../checking/random.ts";

const CLIENT_IDS = [
  "",
  "a",
  "b",
  "sensor-1",
  "sensor-2",
  "안나",
  "x".repeat(30),
];
const TOPICS = [
  "a",
  "a/b",
  "a/b/c",
  "iot/user1/temp",
  "$SYS/x",
  "/",
  "한국/온도",
];
const FILTERS = [...TOPICS, "#", "+", "a/#", "+/b/+", "/#", "$SYS/#"];

/** A PINGREQ: its answer says that the broker has come so far. */
export const PINGREQ = rawPacket(0xc0);

/** A CONNECT packet that the broker accepts. */
export function connect(random: Random): Uint8Array {
  const clientId = random.pick(CLIENT_IDS);
  const hasWill = random.next() < 0.2;
  return generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clientId,
    clean: clientId === "" || random.next() < 0.6,
    keepalive: random.pick([0, 1, 60, 65_535]),
    ...hasWill && {
      will: {
        topic: random.pick(TOPICS),
        payload: payload(random),
        qos: qos(random),
        retain: random.next() < 0.3,
      },
    },
  });
}

/** A well-formed packet of any type of MQTT 3.1.1, also of those for clients. */
export function wellFormed(random: Random): Uint8Array {
  const messageId = random.pick([1, 2, 3, random.integer(1, 65_535)]);
  const some = <T>(values: readonly T[]) =>
    Array.from({ length: random.integer(1, 4) }, () => random.pick(values));
  const makers: (() => Uint8Array)[] = [
    () => connect(random),
    () => publish(random, messageId),
    () => publish(random, messageId),
    () => publish(random, messageId),
    () =>
      generate({
        cmd: "subscribe",
        messageId,
        subscriptions: some(FILTERS).map((topic) => ({
          topic,
          qos: qos(random),
        })),
      }),
    () =>
      generate({
        cmd: "unsubscribe",
        messageId,
        unsubscriptions: some(FILTERS),
      }),
    () => generate({ cmd: "puback", messageId }),
    () => generate({ cmd: "pubrec", messageId }),
    () => generate({ cmd: "pubrel", messageId }),
    () => generate({ cmd: "pubcomp", messageId }),
    () => PINGREQ,
    () => generate({ cmd: "disconnect" }),
    () =>
      generate({
        cmd: "connack",
        sessionPresent: random.next() < 0.5,
        returnCode: random.integer(0, 5),
      }),
    () => generate({ cmd: "suback", messageId, granted: [qos(random)] }),
    () => generate({ cmd: "unsuback", messageId, granted: [] }),
    () => generate({ cmd: "pingresp" }),
  ];
  return random.pick(makers)();
}

/** Bytes that follow the grammar of a packet, with fields that can't be. */
export function nonsense(random: Random): Uint8Array {
  const id = Uint8Array.of(0, random.pick([0, 1, 255]));
  const flags = random.integer(0, 15);
  const makers: (() => Uint8Array)[] = [
    () => {
      const name = random.pick(["MQTT", "MQIsdp", "mqtt", "", "M\0TT", "AMQP"]);
      const level = random.pick([0, 3, 4, 5, 6, 131, 132, 255]);
      const rest = [level, random.integer(0, 255), 0, random.integer(0, 255)];
      const fields = Array.from(
        { length: random.integer(0, 6) },
        () => field(random),
      );
      return rawPacket(0x10, text(name), Uint8Array.from(rest), ...fields);
    },
    () => rawPacket(0x30 | flags, field(random), id, bytes(random, 20)),
    () => rawPacket(0x30 | flags, text("/".repeat(random.integer(1, 65_535)))),
    () => rawPacket(0x82, id, text("+/".repeat(random.integer(1, 30_000)))),
    () => {
      const filters = Array.from(
        { length: random.integer(0, 300) },
        (_, index) => [text(`f/${index}`), Uint8Array.of(random.integer(0, 3))],
      );
      return rawPacket(0x82, id, ...filters.flat());
    },
    () =>
      rawPacket(random.pick([0x82, 0xa2]), id, field(random), bytes(random, 3)),
    () => rawPacket(random.integer(0, 255), bytes(random, 40)),
    // Lengths that never come true, or have too many bytes.
    () => Uint8Array.of(random.integer(0, 255), 0xff, 0xff, 0xff, 0x7f),
    () => Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
    () => Uint8Array.of(0xc0, 0x80, 0x80, 0x00),
    () => encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
    () => bytes(random, 2_000),
  ];
  return random.pick(makers)();
}

/** Bytes that may be anything, at most so many. */
export function bytes(random: Random, most: number): Uint8Array {
  return Uint8Array.from(
    { length: random.integer(0, most) },
    () => random.integer(0, 255),
  );
}

function publish(random: Random, messageId: number): Uint8Array {
  return generate({
    cmd: "publish",
    topic: random.pick(TOPICS),
    payload: payload(random),
    qos: qos(random),
    retain: random.next() < 0.2,
    dup: random.next() < 0.1,
    messageId,
  });
}

function payload(random: Random): Buffer {
  const length = random.pick([0, 1, 20, 20, 200, 20_000]);
  return Buffer.alloc(length, random.integer(0, 255));
}

function qos(random: Random): QoS {
  return random.integer(0, 2) as QoS;
}

/** A length of two bytes, and what it may announce. */
function field(random: Random): Uint8Array {
  const content = random.pick([
    () => encode(random.pick(FILTERS)),
    () => bytes(random, 10),
    () => encode("a\0b"),
    () => Uint8Array.of(0xed, 0xa0, 0x80),
    () => Uint8Array.of(0xc0, 0x80),
    () => encode("a/+b/#/c#"),
    () => encode("constructor"),
    () => encode("__proto__"),
  ])();
  const announced = random.next() < 0.8
    ? content.length
    : random.integer(0, 65_535);
  return Uint8Array.of(announced >> 8, announced & 0xff, ...content);
}

function text(value: string): Uint8Array {
  const content = encode(value);
  const result = new Uint8Array(2 + content.length);
  result.set([content.length >> 8, content.length & 0xff]);
  result.set(content, 2);
  return result;
}

function encode(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function generate(packet: Packet): Uint8Array {
  return mqttPacket.generate(packet);
}
