/**
 * Packets for the fuzzer: well-formed ones of every type, and nonsense. Those of
 * MQTT 3.1.1 are those of MQTT 5 without properties and reasons, which mqtt-packet
 * leaves out.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import mqttPacket, {
  type IConnectPacket,
  type IPublishPacket,
  type Packet,
} from "mqtt-packet";
import type { Protocol } from "../clients/clients.ts";
import { rawPacket } from "../clients/raw_client.ts";
import type { Random } from "../../workbook/checking/random.ts";
import { nonsense4, nonsense5 } from "./nonsense.ts";
import {
  bytes,
  choose,
  clientId,
  DISCONNECT_REASONS,
  filter,
  messageProperties,
  outcome,
  packetId,
  payload,
  qos,
  REASONS,
  SECONDS,
  some,
  topic,
  userProperties,
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

/** The packets of MQTT 3.1.1 and of MQTT 5. */
export const PACKETS: readonly PacketMakers[] = [
  { ...wellFormedPackets(4), nonsense: nonsense4 },
  { ...wellFormedPackets(5), nonsense: nonsense5 },
];

type PublishProperties = NonNullable<IPublishPacket["properties"]>;

function wellFormedPackets(
  protocolVersion: Protocol,
): Omit<PacketMakers, "nonsense"> {
  const generate = (packet: Packet): Uint8Array =>
    mqttPacket.generate(packet, { protocolVersion });
  const isOf5 = protocolVersion === 5;

  function connectAs(
    clientId: string,
    clean: boolean,
    random: Random,
    properties: IConnectPacket["properties"],
  ): Uint8Array {
    const packet = Buffer.from(generate({
      cmd: "connect",
      protocolId: "MQTT",
      protocolVersion,
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
    // mqtt-packet wants a name for what lasts, as MQTT 3.1.1 does; MQTT 5 doesn't
    // (section 3.1.3.1).
    if (!clean && (isOf5 || clientId !== "")) {
      packet[packet.indexOf("MQTT") + 5]! &= ~0x02;
    }
    return packet;
  }

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

  function publish(
    random: Random,
    messageId: number,
    properties: PublishProperties = messageProperties(random),
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

  /** A PUBLISH that gives its topic a number, and one that uses that number. */
  function aliased(random: Random, messageId: number): Uint8Array {
    // Any broker that takes numbers takes these, if it takes ten.
    const topicAlias = random.integer(1, 10);
    const properties = { topicAlias, ...messageProperties(random) };
    return Buffer.concat([
      publish(random, messageId, properties),
      publish(random, messageId, properties, ""),
    ]);
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
      () =>
        generate({ cmd: "pubrel", messageId, ...outcome(random, [0, 146]) }),
      () => PINGREQ,
      ...isOf5 ? [() => aliased(random, messageId)] : [],
    ];
    return random.pick(makers)();
  }

  function auth(random: Random): Uint8Array {
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
  }

  function disconnect(random: Random): Uint8Array {
    const { reasonCode, properties } = outcome(random, DISCONNECT_REASONS);
    return generate({
      cmd: "disconnect",
      reasonCode,
      properties: {
        ...properties,
        ...choose(random, { sessionExpiryInterval: random.pick(SECONDS) }),
      },
    });
  }

  function wellFormed(random: Random): Uint8Array {
    const messageId = packetId(random);
    const acknowledgements = ["puback", "pubrec", "pubrel", "pubcomp"] as const;
    const makers: (() => Uint8Array)[] = [
      () => connect(random),
      ...acknowledgements.map((cmd) => () =>
        generate({ cmd, messageId, ...outcome(random, REASONS) })
      ),
      () => disconnect(random),
      () =>
        generate({
          cmd: "connack",
          sessionPresent: random.next() < 0.5,
          returnCode: random.integer(0, 5),
          reasonCode: random.pick(REASONS),
        }),
      () => generate({ cmd: "suback", messageId, granted: [qos(random)] }),
      () => generate({ cmd: "unsuback", messageId, granted: [0] }),
      () => generate({ cmd: "pingresp" }),
    ];
    if (isOf5) {
      const numberedOf = () => numbered(random, messageId);
      makers.push(numberedOf, numberedOf, () => auth(random));
    }
    return random.next() < 0.5 ? request(random) : random.pick(makers)();
  }

  return { newcomer, connect, request, wellFormed };
}
