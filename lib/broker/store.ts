import { Buffer } from "node:buffer";
import { Readable, type Writable } from "node:stream";
import { failed, settled } from "./settled.ts";
import { covers } from "./topics.ts";
import type { Packet } from "./internals.ts";

type ClientId = { id: string };
type MessageId = { messageId: number };

/**
 * The part of aedes's storage ("persistence") that isn't about what goes to
 * clients: retained messages, and the QoS 2 messages that publishers have
 * yet to release.
 */
export function createStore() {
  const retained = new Map<string, { levels: string[]; packet: Packet }>();
  const unreleased = new Map<string, Set<number>>();

  return {
    async setup(): Promise<void> {},

    storeRetained(packet: Packet) {
      const { topic } = packet;
      // An empty payload clears the topic (MQTT 3.1.1 section 3.3.1.3).
      if (packet.payload.length === 0) retained.delete(topic);
      else {retained.set(topic, {
          levels: topic.split("/"),
          packet: copy(packet),
        });}
      return settled(undefined);
    },
    /**
     * aedes pipes what this returns into a stream that delivers. A real stream
     * would read ahead: a message that has been replaced in the meantime, and
     * delivered as a live one, would follow its successor.
     */
    createRetainedStreamCombi(filters: string[]) {
      const wanted = filters.map((filter) => filter.split("/"));
      const matching = [...retained].filter(([_topic, { levels }]) =>
        wanted.some((filter) => covers(filter, levels))
      ).values();
      return {
        pipe(target: Writable): void {
          for (const [topic, kept] of matching) {
            if (retained.get(topic) !== kept) continue;
            target.write(kept.packet, () => this.pipe(target));
            return;
          }
          target.end();
        },
      };
    },

    incomingStorePacket(client: ClientId, { messageId }: MessageId) {
      let ids = unreleased.get(client.id);
      if (ids === undefined) unreleased.set(client.id, ids = new Set());
      ids.add(messageId);
      return settled(undefined);
    },
    incomingGetPacket(client: ClientId, { messageId }: MessageId) {
      const isKnown = unreleased.get(client.id)?.has(messageId);
      return isKnown ? settled({ messageId }) : failed("no such packet");
    },
    incomingDelPacket(client: ClientId, { messageId }: MessageId) {
      const isDeleted = unreleased.get(client.id)?.delete(messageId);
      return isDeleted ? settled(undefined) : failed("no such packet");
    },
    cleanIncoming(client: ClientId) {
      unreleased.delete(client.id);
      return settled(undefined);
    },

    // A connected client's will is kept by aedes itself. This store is there for
    // other brokers, which publish the wills that one which died leaves behind.
    // There is one broker here, and a computer that wakes from its sleep mustn't
    // take it for a dead one.
    putWill: () => Promise.resolve(),
    delWill: () => Promise.resolve(),
    streamWill: () => Readable.from([]),
  };
}

/** A small payload would keep the whole chunk that it came in from being freed. */
function copy(packet: Packet): Packet {
  return { ...packet, payload: Buffer.from(packet.payload) };
}
