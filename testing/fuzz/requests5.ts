/**
 * What a client of MQTT 5 may send at any time, for the fuzzer.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import mqttPacket, { type IPublishPacket, type Packet } from "mqtt-packet";
import type { Random } from "../../workbook/checking/random.ts";
import { PINGREQ } from "./packets.ts";
import {
  choose,
  messageProperties,
  outcome,
  userProperties,
} from "./properties5.ts";
import { filter, packetId, payload, qos, some, topic } from "./values.ts";

type PublishProperties = NonNullable<IPublishPacket["properties"]>;

/** A packet that a client may send at any time. */
export function request(random: Random): Uint8Array {
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
    () => aliased(random, messageId),
    () => generate({ cmd: "pubrel", messageId, ...outcome(random, [0, 146]) }),
    () => PINGREQ,
  ];
  return random.pick(makers)();
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

/** A PUBLISH packet. */
export function publish(
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

/** The bytes of a packet of MQTT 5. */
export function generate(packet: Packet): Uint8Array {
  return mqttPacket.generate(packet, { protocolVersion: 5 });
}
