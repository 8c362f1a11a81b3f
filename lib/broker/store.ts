import { Buffer } from "node:buffer";
import { Readable, type Writable } from "node:stream";
import { failed, settled } from "./settled.ts";
import { covers } from "./delivery/topics.ts";
import type { Packet } from "./internals.ts";
import type { Records, Retained } from "./store/records.ts";
import type { RetainedLimit } from "./delivery/retained_limit.ts";

type ClientId = { id: string; clean?: boolean };
type MessageId = { messageId: number };

/**
 * The part of aedes's storage ("persistence") that isn't about what goes to
 * clients: retained messages, and the QoS 2 messages that publishers have
 * yet to release.
 *
 * @param options Where they outlive the broker, with a store, and how many
 *   retained messages there may be.
 */
export function createStore(
  { records, limit }: { records: Records | undefined; limit: RetainedLimit },
) {
  const retained = new Map<string, { levels: string[]; message: Retained }>();
  const unreleased = new Map<string, Set<number>>();

  function retain(message: Retained): void {
    const { topic } = message;
    retained.set(topic, { levels: topic.split("/"), message });
    limit.count(message);
  }
  function expect(clientId: string, messageId: number): void {
    let ids = unreleased.get(clientId);
    if (ids === undefined) unreleased.set(clientId, ids = new Set());
    ids.add(messageId);
  }
  for (const message of records?.retained() ?? []) retain(message);
  for (const { clientId, id } of records?.unreleased() ?? []) {
    expect(clientId, id);
  }

  return {
    async setup(): Promise<void> {},

    storeRetained({ topic, payload, qos }: Packet) {
      // An empty payload clears the topic (MQTT 3.1.1 section 3.3.1.3).
      if (payload.length === 0) {
        if (retained.delete(topic)) records?.clear(topic);
        limit.count({ topic, payload });
      } else if (limit.hasRoomFor({ topic, payload })) {
        // A small payload would keep the whole chunk that it came in.
        const message = { topic, payload: Buffer.from(payload), qos };
        retain(message);
        records?.retain(message);
      }
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
            target.write(kept.message, () => this.pipe(target));
            return;
          }
          target.end();
        },
      };
    },

    incomingStorePacket(client: ClientId, { messageId }: MessageId) {
      expect(client.id, messageId);
      if (!client.clean) records?.expect(client.id, messageId);
      return settled(undefined);
    },
    incomingGetPacket(client: ClientId, { messageId }: MessageId) {
      const isKnown = unreleased.get(client.id)?.has(messageId);
      return isKnown ? settled({ messageId }) : failed("no such packet");
    },
    incomingDelPacket(client: ClientId, { messageId }: MessageId) {
      const isDeleted = unreleased.get(client.id)?.delete(messageId);
      if (!client.clean) records?.release(client.id, messageId);
      return isDeleted ? settled(undefined) : failed("no such packet");
    },
    cleanIncoming(client: ClientId) {
      if (unreleased.delete(client.id)) records?.releaseAll(client.id);
      return settled(undefined);
    },

    // A connected client's will is kept by aedes itself. This store is there for
    // other brokers, which publish the wills that one which died leaves behind.
    // There is one broker here, and a computer that wakes from its sleep mustn't
    // take it for a dead one. Nor are wills stored for a broker that is killed:
    // most clients come back at once, and their wills would be wrong.
    putWill: () => Promise.resolve(),
    delWill: () => Promise.resolve(),
    streamWill: () => Readable.from([]),
  };
}
