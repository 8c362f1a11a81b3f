import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import type { AedesClient, Packet, Subscription } from "./internals.ts";
import type { Outbox } from "./outbox.ts";
import { settled } from "./settled.ts";
import { covers } from "./topics.ts";

interface Session {
  user: string | undefined;
  outbox: Outbox;
  subscriptions: Map<string, { levels: string[]; subscription: Subscription }>;
}

interface Subscriber {
  clientId: string;
  topic: string;
  qos: 0 | 1 | 2;
}

/** What sessions need to know of the broker. */
export interface SessionsOptions {
  /** Makes what goes to a client pass through an outbox. */
  createOutbox(clientId: string): Outbox;
  /** The user that a client has identified itself as. */
  userOf(client: AedesClient): string | undefined;
  /** Whether a client may subscribe to a filter. */
  maySubscribe(client: AedesClient, filter: string): boolean;
  /** Gives the outbox the client's connection. */
  attach(outbox: Outbox, client: AedesClient): void;
}

/**
 * The sessions that outlive their connections, and what is on its way to each
 * client: the other part of aedes's storage ("persistence"), in memory.
 */
export function createSessions(options: SessionsOptions) {
  const sessions = new Map<string, Session>();
  /** Outboxes by connection, whether or not the session outlives it. */
  const outboxes = new WeakMap<AedesClient, Outbox>();

  function sessionOf(client: AedesClient): Session {
    let session = sessions.get(client.id);
    if (session === undefined) {
      session = {
        user: options.userOf(client),
        outbox: options.createOutbox(client.id),
        subscriptions: new Map(),
      };
      sessions.set(client.id, session);
    }
    return session;
  }
  function outboxOf(client: AedesClient): Outbox {
    let outbox = outboxes.get(client);
    if (outbox === undefined) {
      outbox = client.clean
        ? options.createOutbox(client.id)
        : sessionOf(client).outbox;
      outboxes.set(client, outbox);
    }
    return outbox;
  }

  return {
    outboxOf,
    /** Forgets a session that someone else tries to continue. */
    claim(clientId: string, user: string | undefined): void {
      if (sessions.get(clientId)?.user !== user) sessions.delete(clientId);
    },

    addSubscriptions(client: AedesClient, subscriptions: Subscription[]) {
      const stored = sessionOf(client).subscriptions;
      for (const subscription of subscriptions) {
        // aedes hands over those that were refused, too.
        const { topic } = subscription;
        if (!options.maySubscribe(client, topic)) continue;
        stored.set(topic, { levels: topic.split("/"), subscription });
      }
      return settled(undefined);
    },
    removeSubscriptions(client: AedesClient, filters: string[]) {
      const stored = sessions.get(client.id)?.subscriptions;
      for (const filter of filters) stored?.delete(filter);
      return settled(undefined);
    },
    subscriptionsByClient({ id }: { id: string }) {
      const stored = sessions.get(id)?.subscriptions.values() ?? [];
      return settled([...stored].map(({ subscription }) => subscription));
    },
    /** Each session once, even if several of its filters match the topic. */
    subscriptionsByTopic(topic: string) {
      const levels = topic.split("/");
      const subscribers: Subscriber[] = [];
      for (const [clientId, session] of sessions) {
        let best: Subscription | undefined;
        for (const stored of session.subscriptions.values()) {
          const { subscription } = stored;
          if (subscription.qos <= (best?.qos ?? 0)) continue;
          if (covers(stored.levels, levels)) best = subscription;
        }
        if (best !== undefined) subscribers.push({ clientId, ...best });
      }
      return settled(subscribers);
    },
    cleanSubscriptions(client: AedesClient) {
      sessions.delete(client.id);
      return settled(undefined);
    },

    outgoingEnqueueCombi(subscribers: Subscriber[], packet: Packet) {
      if (subscribers.length > 0) {
        const { topic } = packet;
        // A small payload would keep the whole chunk that it came in.
        const payload = Buffer.from(packet.payload);
        for (const { clientId, qos: granted } of subscribers) {
          const qos = Math.min(granted, packet.qos) as 0 | 1 | 2;
          const delivery = { topic, payload, qos, retain: false };
          sessions.get(clientId)?.outbox.send(delivery);
        }
      }
      return settled(undefined);
    },
    /** PUBREC has come from a client whose session outlives it. */
    outgoingUpdate(client: AedesClient, pubrel: { messageId: number }) {
      outboxOf(client).receive(pubrel.messageId);
      return settled(undefined);
    },
    /** PUBACK or PUBCOMP has come. */
    outgoingClearMessageId(client: AedesClient, ack: { messageId: number }) {
      outboxOf(client).complete(ack.messageId);
      return settled(undefined);
    },
    /** CONNACK is sent. The outbox sends what waits, so aedes gets nothing. */
    outgoingStream(client: AedesClient): Readable {
      options.attach(outboxOf(client), client);
      return Readable.from([]);
    },
  };
}
