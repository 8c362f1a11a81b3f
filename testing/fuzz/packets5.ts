/**
 * Packets of MQTT 5 for the fuzzer: well-formed ones of every type, with all
 * their properties and reasons.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { IConnectPacket } from "mqtt-packet";
import type { Random } from "../../workbook/checking/random.ts";
import { nonsense5 } from "./nonsense5.ts";
import type { PacketMakers } from "./packets.ts";
import {
  choose,
  DISCONNECT_REASONS,
  messageProperties,
  outcome,
  REASONS,
  SECONDS,
  userProperties,
} from "./properties5.ts";
import { generate, publish, request } from "./requests5.ts";
import { bytes, clientId, packetId, payload, qos, topic } from "./values.ts";

/** The packets of MQTT 5. */
export const PACKETS_5: PacketMakers = {
  newcomer,
  connect,
  request,
  wellFormed,
  nonsense: nonsense5,
};

function newcomer(clientId: string, random: Random): Uint8Array {
  return connectAs(clientId, true, random, {
    // A session that stays might be one too many.
    sessionExpiryInterval: 0,
    // The answer has to fit in.
    maximumPacketSize: random.pick([1_000, 268_435_455]),
  });
}

function connect(random: Random): Uint8Array {
  return connectAs(clientId(random), random.next() < 0.6, random, {
    sessionExpiryInterval: random.pick(SECONDS),
    maximumPacketSize: random.pick([1, 10, 100, 10_000, 0xffff_ffff]),
  });
}

function connectAs(
  clientId: string,
  clean: boolean,
  random: Random,
  properties: IConnectPacket["properties"],
): Uint8Array {
  const packet = Buffer.from(generate({
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: 5,
    clientId,
    keepalive: random.pick([0, 1, 60, 65_535]),
    properties: {
      ...properties,
      ...choose(random, {
        receiveMaximum: random.pick([1, 2, 20, 65_535]),
        topicAliasMaximum: random.pick([0, 1, 10, 65_535]),
        requestProblemInformation: false,
        requestResponseInformation: true,
        userProperties: userProperties(random),
      }),
    },
    ...choose(random, {
      will: {
        topic: topic(random),
        payload: payload(random),
        qos: qos(random),
        retain: random.next() < 0.3,
        properties: {
          willDelayInterval: random.pick(SECONDS),
          ...messageProperties(random),
        },
      },
    }),
  }));
  // mqtt-packet wants a name for what lasts; MQTT 5 doesn't (section 3.1.3.1).
  if (!clean) packet[packet.indexOf("MQTT") + 5]! &= ~0x02;
  return packet;
}

function wellFormed(random: Random): Uint8Array {
  const messageId = packetId(random);
  const makers: (() => Uint8Array)[] = [
    () => connect(random),
    () => numbered(random, messageId),
    () => numbered(random, messageId),
    () => generate({ cmd: "puback", messageId, ...outcome(random, REASONS) }),
    () => generate({ cmd: "pubrec", messageId, ...outcome(random, REASONS) }),
    () => generate({ cmd: "pubrel", messageId, ...outcome(random, REASONS) }),
    () => generate({ cmd: "pubcomp", messageId, ...outcome(random, REASONS) }),
    () => {
      const { reasonCode, properties } = outcome(random, DISCONNECT_REASONS);
      return generate({
        cmd: "disconnect",
        reasonCode,
        properties: {
          ...properties,
          ...choose(random, { sessionExpiryInterval: random.pick(SECONDS) }),
        },
      });
    },
    () => {
      const { reasonCode, properties } = outcome(random, [0, 24, 25]);
      return generate({
        cmd: "auth",
        reasonCode,
        properties: {
          authenticationMethod: "SCRAM-SHA-1",
          authenticationData: Buffer.from(bytes(random, 20)),
          ...properties,
        },
      });
    },
    () =>
      generate({
        cmd: "connack",
        sessionPresent: random.next() < 0.5,
        reasonCode: random.pick(REASONS),
      }),
    () => generate({ cmd: "suback", messageId, granted: [qos(random)] }),
    () => generate({ cmd: "unsuback", messageId, granted: [0] }),
    () => generate({ cmd: "pingresp" }),
  ];
  return random.next() < 0.5 ? request(random) : random.pick(makers)();
}

/** A PUBLISH with a number that may be unknown, or too high, for its topic. */
function numbered(random: Random, messageId: number): Uint8Array {
  const properties = {
    topicAlias: random.pick([0, 1, 2, 3, 10, 65_535]),
    payloadFormatIndicator: random.next() < 0.5,
    ...messageProperties(random),
  };
  const on = random.next() < 0.5 ? "" : topic(random);
  return publish(random, messageId, properties, on);
}
