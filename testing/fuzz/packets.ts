/**
 * Packets of MQTT 3.1.1 for the fuzzer: well-formed ones, and nonsense with the
 * looks of one.
 *
 * @module
 */
import mqttPacket, { type Packet } from "mqtt-packet";
import {
  connectPacket,
  encode,
  rawPacket,
  text,
} from "../clients/raw_client.ts";
import type { Random } from "../../workbook/checking/random.ts";
import {
  bytes,
  clientId,
  field,
  filter,
  packetId,
  payload,
  qos,
  some,
  topic,
} from "./values.ts";

/** The packets of one protocol version. */
export interface PacketMakers {
  /** A CONNECT packet that the broker accepts, of a new session. */
  newcomer(clientId: string, random: Random): Uint8Array;
  /** A CONNECT packet that the broker accepts. */
  connect(random: Random): Uint8Array;
  /** A packet that a client may send at any time. */
  request(random: Random): Uint8Array;
  /** A well-formed packet of any type, also of those for clients. */
  wellFormed(random: Random): Uint8Array;
  /** Bytes that follow the grammar of a packet, with fields that can't be. */
  nonsense(random: Random): Uint8Array;
}

/** A PINGREQ: its answer says that the broker has come so far. */
export const PINGREQ = rawPacket(0xc0);

/** The packets of MQTT 3.1.1. */
export const PACKETS: PacketMakers = {
  newcomer: (clientId) => connectPacket({ clientId }),
  connect,
  request,
  wellFormed,
  nonsense,
};

function connect(random: Random): Uint8Array {
  const id = clientId(random);
  const hasWill = random.next() < 0.2;
  return generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 4,
    clientId: id,
    clean: id === "" || random.next() < 0.6,
    keepalive: random.pick([0, 1, 60, 65_535]),
    ...hasWill && {
      will: {
        topic: topic(random),
        payload: payload(random),
        qos: qos(random),
        retain: random.next() < 0.3,
      },
    },
  });
}

function request(random: Random): Uint8Array {
  const messageId = packetId(random);
  const makers: (() => Uint8Array)[] = [
    () => publish(random, messageId),
    () => publish(random, messageId),
    () => publish(random, messageId),
    () =>
      generate({
        cmd: "subscribe",
        messageId,
        subscriptions: some(random, filter).map((topic) => ({
          topic,
          qos: qos(random),
        })),
      }),
    () =>
      generate({
        cmd: "unsubscribe",
        messageId,
        unsubscriptions: some(random, filter),
      }),
    () => generate({ cmd: "pubrel", messageId }),
    () => PINGREQ,
  ];
  return random.pick(makers)();
}

function wellFormed(random: Random): Uint8Array {
  const messageId = packetId(random);
  const makers: (() => Uint8Array)[] = [
    () => connect(random),
    () => generate({ cmd: "puback", messageId }),
    () => generate({ cmd: "pubrec", messageId }),
    () => generate({ cmd: "pubcomp", messageId }),
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
  return random.next() < 0.5 ? request(random) : random.pick(makers)();
}

function nonsense(random: Random): Uint8Array {
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

function publish(random: Random, messageId: number): Uint8Array {
  const level = qos(random);
  return generate({
    cmd: "publish",
    topic: topic(random),
    payload: payload(random),
    qos: level,
    retain: random.next() < 0.2,
    dup: level > 0 && random.next() < 0.1,
    messageId,
  });
}

function generate(packet: Packet): Uint8Array {
  return mqttPacket.generate(packet);
}
