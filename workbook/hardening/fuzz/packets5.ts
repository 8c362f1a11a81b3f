/**
 * Packets of MQTT 5 for the fuzzer: well-formed ones of every type, with all
 * their properties and reasons.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import mqttPacket, {
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
} from "mqtt-packet";
import type { Random } from "../../checking/random.ts";
import { nonsense5 } from "./nonsense5.ts";
import { type PacketMakers, PINGREQ } from "./packets.ts";
import {
  choose,
  DISCONNECT_REASONS,
  messageProperties,
  outcome,
  REASONS,
  SECONDS,
  userProperties,
} from "./properties5.ts";
import {
  bytes,
  clientId,
  filter,
  packetId,
  payload,
  qos,
  some,
  topic,
} from "./values.ts";

type PublishProperties = NonNullable<IPublishPacket["properties"]>;

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

function request(random: Random): Uint8Array {
  const messageId = packetId(random);
  const makers: (() => Uint8Array)[] = [
    () => publish(random, messageId, messageProperties(random)),
    () => publish(random, messageId, messageProperties(random)),
    () => publish(random, messageId, messageProperties(random)),
    () =>
      generate({
        cmd: "subscribe",
        messageId,
        subscriptions: some(random, filter).map((topic) => ({
          topic,
          qos: qos(random),
          // Nobody is local in a group (section 3.8.3.1).
          nl: !topic.startsWith("$share/") && random.next() < 0.3,
          rap: random.next() < 0.3,
          rh: random.integer(0, 2),
        })),
        properties: choose(random, {
          subscriptionIdentifier: random.pick([1, 127, 128, 268_435_455]),
          userProperties: userProperties(random),
        }),
      }),
    () =>
      generate({
        cmd: "unsubscribe",
        messageId,
        unsubscriptions: some(random, filter),
        properties: choose(random, {
          userProperties: userProperties(random),
        }),
      }),
    () => generate({ cmd: "pubrel", messageId, ...outcome(random, [0, 146]) }),
    () => PINGREQ,
  ];
  return random.pick(makers)();
}

function wellFormed(random: Random): Uint8Array {
  const messageId = packetId(random);
  const makers: (() => Uint8Array)[] = [
    () => connect(random),
    () => aliased(random, messageId),
    () => aliased(random, messageId),
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

/** A PUBLISH that sets an alias for its topic, or says no more than the alias. */
function aliased(random: Random, messageId: number): Uint8Array {
  const properties = {
    topicAlias: random.pick([1, 2, 3, 10, 65_535]),
    ...messageProperties(random),
  };
  return publish(
    random,
    messageId,
    properties,
    random.next() < 0.5 ? "" : topic(random),
  );
}

function publish(
  random: Random,
  messageId: number,
  properties: PublishProperties,
  on = topic(random),
): Uint8Array {
  const level = qos(random);
  return generate({
    cmd: "publish",
    topic: on,
    payload: payload(random),
    qos: level,
    retain: random.next() < 0.2,
    dup: level > 0 && random.next() < 0.1,
    messageId,
    properties,
  });
}

function generate(packet: Packet): Uint8Array {
  return mqttPacket.generate(packet, { protocolVersion: 5 });
}
