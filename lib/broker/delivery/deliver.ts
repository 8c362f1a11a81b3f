import type { AedesClient, Packet } from "../internals.ts";
import type { Outbox } from "./outbox.ts";
import { covers } from "./topics.ts";

/** Delivers a packet, and calls back when the client can take another. */
export type Deliver = (packet: Packet, done: () => void) => void;

/**
 * Makes what aedes calls for each of a client's subscriptions that matches a
 * message.
 *
 * It takes the place of aedes's own, which has no limit on what is under way to
 * a client, sends at QoS 2 what a wildcard was subscribed to at QoS 1, takes a
 * message for a duplicate if one that came later was delivered first (aedes
 * issue 994: retained ones get lost among others), disconnects a persistent
 * session with overlapping subscriptions, and repeats without the DUP flag
 * (aedes issue 601).
 */
export function createDeliver(
  client: AedesClient,
  outboxOf: () => Outbox,
): Deliver {
  let lastDelivered = 0;
  return (packet, done) => {
    const isLive = packet.brokerId !== null;
    // The subscriptions that match a message are called in one go.
    if (isLive && packet.brokerCounter === lastDelivered) {
      queueMicrotask(done);
      return;
    }
    if (isLive) lastDelivered = packet.brokerCounter;
    const outbox = outboxOf();
    const { topic, payload, retain } = packet;
    const qos = Math.min(packet.qos, granted(client, topic)) as 0 | 1 | 2;
    // At QoS 1 and 2 a live message is in the session's outbox already.
    if (qos === 0 || client.clean || !isLive) {
      outbox.send({ topic, payload, qos, retain });
    }
    outbox.whenReady(done);
  };
}

/** The best quality of service of the filters that match (section 3.3.5). */
function granted({ subscriptions }: AedesClient, topic: string): number {
  const filters = Object.keys(subscriptions);
  if (filters.length === 1) return subscriptions[filters[0]!]!.qos;
  const levels = topic.split("/");
  let best = 0;
  for (const filter of filters) {
    const { qos } = subscriptions[filter]!;
    if (qos > best && covers(filter.split("/"), levels)) best = qos;
  }
  return best;
}
