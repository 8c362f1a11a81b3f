import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { FilterTree } from "./delivery/filter_tree.ts";
import type { AedesClient, Packet, Subscription } from "./internals.ts";
import type { Outbox } from "./delivery/outbox.ts";
import type { Records, SessionRecord, StoredSession } from "./store/records.ts";
import { settled } from "./settled.ts";
import { covers } from "./delivery/topics.ts";

interface Session {
  clientId: string;
  user: string | undefined;
  outbox: Outbox;
  subscriptions: Map<string, { levels: string[]; subscription: Subscription }>;
  record: SessionRecord | undefined;
}

interface Subscriber {
  clientId: string;
  topic: string;
  qos: 0 | 1 | 2;
}

/** What the store has of a session, or where it keeps a new one. */
type Stored = Pick<StoredSession, "record"> & Partial<StoredSession>;

/**
 * Stands for the subscriptions of a session that has none: for aedes, which says
 * in CONNACK whether there is a session, it would be none itself.
 */
export const NO_SUBSCRIPTION: Subscription = { topic: "none", qos: 0 };

/** What sessions need to know of the broker. */
export interface SessionsOptions {
  /** Makes what goes to a client pass through an outbox. */
  createOutbox(
    clientId: string,
    user: string | undefined,
    stored?: Stored,
  ): Outbox;
  /** The user that a client has identified itself as. */
  userOf(client: AedesClient): string | undefined;
  /** Whether a client has been granted a subscription. */
  isGranted(client: AedesClient, filter: string): boolean;
  /** Whether a client may go on with a subscription that the store has. */
  mayRestore(
    clientId: string,
    user: string | undefined,
    filter: string,
  ): boolean;
  /** Gives the outbox the client's connection. */
  attach(outbox: Outbox, client: AedesClient): void;
  /** Where sessions outlive the broker, with a store. */
  records?: Records | undefined;
}

/**
 * The sessions that outlive their connections, and what is on its way to each
 * client: the other part of aedes's storage ("persistence").
 */
export function createSessions(options: SessionsOptions) {
  const sessions = new Map<string, Session>();
  /** Whose filters match a topic. */
  const filters = new FilterTree<Session>();
  /** Outboxes by connection, whether or not the session outlives it. */
  const outboxes = new WeakMap<AedesClient, Outbox>();

  function sessionOf(client: AedesClient): Session {
    let session = sessions.get(client.id);
    if (session === undefined) {
      const user = options.userOf(client);
      const record = options.records?.addSession(client.id, user);
      session = addSession(client.id, user, record && { record });
    }
    return session;
  }
  function addSession(
    clientId: string,
    user: string | undefined,
    stored?: Stored,
  ): Session {
    const outbox = options.createOutbox(clientId, user, stored);
    const { record } = stored ?? {};
    const subscriptions = new Map();
    const session = { clientId, user, outbox, subscriptions, record };
    sessions.set(clientId, session);
    return session;
  }
  function subscribe(session: Session, subscription: Subscription): void {
    const { topic } = subscription;
    const levels = topic.split("/");
    session.subscriptions.set(topic, { levels, subscription });
    filters.add(levels, session);
  }
  function forget(clientId: string): void {
    const session = sessions.get(clientId);
    if (session === undefined) return;
    sessions.delete(clientId);
    for (const { levels } of session.subscriptions.values()) {
      filters.delete(levels, session);
    }
    session.outbox.discard();
    session.record?.remove();
  }
  function outboxOf(client: AedesClient): Outbox {
    let outbox = outboxes.get(client);
    if (outbox === undefined) {
      outbox = client.clean
        ? options.createOutbox(client.id, options.userOf(client))
        : sessionOf(client).outbox;
      outboxes.set(client, outbox);
    }
    return outbox;
  }

  for (const stored of options.records?.sessions() ?? []) {
    const { clientId, user } = stored;
    const session = addSession(clientId, user, stored);
    for (const subscription of stored.subscriptions) {
      // The rules may have changed meanwhile.
      if (options.mayRestore(clientId, user, subscription.topic)) {
        subscribe(session, subscription);
      }
    }
  }

  return {
    outboxOf,
    /** Whether a client has a session, or may have one more. */
    hasRoomFor: (clientId: string, most: number) =>
      sessions.size < most || sessions.has(clientId),
    /** Forgets a session that someone else tries to continue, and says so. */
    claim(clientId: string, user: string | undefined): boolean {
      const isTheirs = sessions.get(clientId)?.user === user;
      if (!isTheirs) forget(clientId);
      return isTheirs;
    },

    addSubscriptions(client: AedesClient, subscriptions: Subscription[]) {
      const session = sessionOf(client);
      for (const subscription of subscriptions) {
        // aedes hands over those that were refused, too.
        const { topic, qos } = subscription;
        if (!options.isGranted(client, topic)) continue;
        // It hands over all of a SUBSCRIBE packet for each one in it.
        const last = session.subscriptions.get(topic)?.subscription;
        if (last === subscription) continue;
        subscribe(session, subscription);
        session.record?.subscribe(topic, qos);
      }
      return settled(undefined);
    },
    removeSubscriptions(client: AedesClient, topics: string[]) {
      const session = sessions.get(client.id);
      for (const topic of topics) {
        if (!session?.subscriptions.delete(topic)) continue;
        filters.delete(topic.split("/"), session);
        session.record?.unsubscribe(topic);
      }
      return settled(undefined);
    },
    subscriptionsByClient({ id }: { id: string }) {
      const session = sessions.get(id);
      if (session === undefined) return settled([]);
      if (session.subscriptions.size === 0) return settled([NO_SUBSCRIPTION]);
      const stored = [...session.subscriptions.values()];
      return settled(stored.map(({ subscription }) => subscription));
    },
    /** Each session once, even if several of its filters match the topic. */
    subscriptionsByTopic(topic: string) {
      const levels = topic.split("/");
      const subscribers: Subscriber[] = [];
      for (const session of filters.match(levels)) {
        let best: Subscription | undefined;
        for (const stored of session.subscriptions.values()) {
          const { subscription } = stored;
          if (subscription.qos <= (best?.qos ?? 0)) continue;
          if (covers(stored.levels, levels)) best = subscription;
        }
        if (best === undefined) continue;
        subscribers.push({ clientId: session.clientId, ...best });
      }
      return settled(subscribers);
    },
    cleanSubscriptions(client: AedesClient) {
      forget(client.id);
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
