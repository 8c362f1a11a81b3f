import { Aedes, type AedesOptions, type Client } from "aedes";
import type { Duplex } from "node:stream";
import type { Access } from "./access/access.ts";
import { connectionOf } from "./wire/connection.ts";
import { createDeliver } from "./delivery/deliver.ts";
import type { Durable } from "./store/durable.ts";
import type { AedesClient, Internals } from "./internals.ts";
import type { Limits } from "./limits.ts";
import { addressOf, logClients, type Peer, quote } from "./log.ts";
import { Outbox } from "./delivery/outbox.ts";
import { PacketReader } from "./wire/packet_reader.ts";
import { cut } from "./refusals.ts";
import { createRetainedLimit } from "./delivery/retained_limit.ts";
import { createSessions, NO_SUBSCRIPTION } from "./sessions.ts";
import { createStore } from "./store.ts";
import { readPackets, writeTogether } from "./wire/stream.ts";
import { createSubscriptionLimit } from "./delivery/subscription_limit.ts";
import { TokenBucket } from "./token_bucket.ts";

const REFUSALS: Record<number, string> = {
  2: "identifier rejected",
  3: "no room for one more session (maxSessions)",
  4: "bad user name or password",
  5: "not authorized",
};
const IDENTIFIER_REJECTED = 2;
const SERVER_UNAVAILABLE = 3;
const LAST_MESSAGE_ID = 65_535;

/** The broker without its listeners. */
export interface Core {
  /** Serves a client on a stream; `remote` names its address for the log. */
  serve(stream: Duplex, remote: string): void;
  /** Closes the clients that have connected, and the broker's timers. */
  close(): Promise<void>;
}

/**
 * Makes an aedes broker that keeps to the rules and loses nothing, not even at
 * its end if it is given what is durable.
 */
export async function createCore(
  access: Access,
  limits: Limits,
  log: (line: string) => void,
  durable?: Durable,
): Promise<Core> {
  const peers = new WeakMap<Client, Peer>();
  const nameless = new WeakSet<Client>();
  /** Messages that are dropped, or on their way already, with their end. */
  const handled = new WeakMap<object, Promise<unknown>>();
  const store = createStore({
    records: durable?.records,
    limit: createRetainedLimit(limits, log),
  });
  const subscriptions = createSubscriptionLimit(limits.maxSubscriptions, log);
  const sessions = createSessions({
    records: durable?.records,
    createOutbox: (id, user, stored) =>
      new Outbox({
        log: (event) => log(`Client ${quote(id)} ${event}`),
        limits,
        mayReceive: access.rightsOf(user, id).mayReceive,
        ...stored && { record: stored.record },
        ...stored?.deliveries && { deliveries: stored.deliveries },
      }),
    userOf: (client) => peers.get(client)?.user,
    isGranted: subscriptions.has,
    mayRestore: (id, user, filter) =>
      access.rightsOf(user, id).maySubscribe(filter),
    attach: (outbox, client) => outbox.attach(connectionOf(client)),
  });

  function maySubscribe(client: Client, filter: string): boolean {
    // MQTT 3.1.1 knows no shared subscriptions: they'd never get a message.
    return !filter.startsWith("$share/") &&
      peers.get(client)!.rights!.maySubscribe(filter);
  }
  function mayPublish(client: Client | null, topic: string): boolean {
    // A will's topic comes unchecked, and may have wildcards. mosquitto, too,
    // keeps both of these beginnings for itself.
    return client !== null && !/^\$(SYS|share)|[+#]/.test(topic) &&
      peers.get(client)!.rights!.mayPublish(topic);
  }

  const options: AedesOptions = {
    persistence: { ...store, ...sessions },
    connectTimeout: limits.connectTimeout * 1_000,
    // No limit on the messages that are being delivered: beyond it, one client
    // that doesn't read would hold up all others.
    concurrency: 0,
    // A client may send without waiting for CONNACK. aedes reads no more than
    // one chunk before it, which limits the queue well enough.
    queueLimit: Infinity,
    maxInflightInbound: LAST_MESSAGE_ID,
    preConnect(client, packet, done) {
      // Section 3.1.3.1: without a name there is no session to come back to.
      if (!packet.clientId && packet.clean === false) nameless.add(client);
      done(null, true);
    },
    async authenticate(client, user, password, done) {
      const peer = peers.get(client)!;
      const address = addressOf(peer);
      const isGone = () => (client as AedesClient).closed;
      const judge = async () => {
        if (nameless.has(client)) return IDENTIFIER_REJECTED;
        const code = await access.connect({ user, password, address, isGone });
        if (code !== 0 || client.clean) return code;
        const hasRoom = sessions.hasRoomFor(client.id, limits.maxSessions);
        return hasRoom ? 0 : SERVER_UNAVAILABLE;
      };
      const code = await judge();
      if (code === 0) {
        peer.user = user;
        peer.rights = access.rightsOf(user, client.id);
        if (!sessions.claim(client.id, user)) store.cleanIncoming(client);
        done(null, true);
      } else {
        const error = new Error(REFUSALS[code]);
        done(Object.assign(error, { returnCode: code }), null);
      }
    },
    authorizePublish(client, packet, done) {
      if (!mayPublish(client, packet.topic)) {
        handled.set(packet, Promise.resolve());
        const [who, where] = [quote(client?.id ?? ""), quote(packet.topic)];
        log(`Client ${who} may not publish on ${where}: message dropped`);
      } else if (packet.qos === 1) {
        // aedes sends PUBACK first: what comes in between would lose the message.
        const published = new Promise((resolve) =>
          broker.publish(packet, client, resolve)
        );
        handled.set(packet, published);
      }
      done();
    },
    authorizeSubscribe(client, subscription, done) {
      if (subscription === NO_SUBSCRIPTION) return done(null, null);
      const { topic } = subscription;
      if (maySubscribe(client, topic)) {
        const isGranted = subscriptions.add(client, topic);
        return done(null, isGranted ? subscription : null);
      }
      log(`Client ${quote(client.id)} may not subscribe to ${quote(topic)}`);
      done(null, null);
    },
  };
  const broker = await Aedes.createBroker(options) as unknown as
    & Internals
    & Aedes;
  mend(broker, handled);
  broker.on("unsubscribe", (filters, client) => {
    if (client !== null) subscriptions.remove(client, filters);
  });
  logClients(broker, peers, log);
  return {
    serve(stream, remote) {
      const allowance = new TokenBucket(limits.maxMessageRate);
      const reader = new PacketReader({ ...limits, allowance });
      readPackets(
        stream,
        reader,
        allowance.pauseMilliseconds,
        (error) => cut(client, error),
      );
      durable?.holdWhileFailing(stream);
      writeTogether(stream, (callback) => {
        // One that is refused is cut at once, and learns nothing of what is stored.
        if (client._authorized && durable) durable.whenStored(callback);
        else callback();
      });
      const client = broker.handle(stream) as AedesClient;
      peers.set(client, { remote });
      readInTurn(client);
      client.deliver0 = client.deliverQoS = createDeliver(
        client,
        () => sessions.outboxOf(client),
      );
    },
    async close() {
      const closed = new Promise<void>((resolve) => broker.close(resolve));
      await Promise.all([access.close(), closed]);
      durable?.close();
    },
  };
}

/**
 * aedes takes each `readable` event for a packet that is done. It reads on while
 * large packets, of several events each, have yet to be delivered.
 */
function readInTurn(client: AedesClient): void {
  client.conn.removeListener("readable", client._nextBatch);
  let isFirst = true;
  client.conn.on("readable", () => {
    // At the start it counts one packet where there is none.
    if (client._parsingBatch === 0 || isFirst) client._nextBatch();
    isFirst = false;
  });
}

function mend(
  broker: Internals & Aedes,
  handled: WeakMap<object, Promise<unknown>>,
): void {
  const publish = broker.publish.bind(broker);
  broker.publish = (packet, ...rest) => {
    const end = handled.get(packet);
    if (end === undefined) publish(packet, ...rest);
    else end.then(rest.at(-1) as () => void);
  };
  const unregister = broker.unregisterClient.bind(broker);
  broker.unregisterClient = (client) => {
    // A client that comes back at once may be there before its old connection
    // is gone. aedes would then forget the new one.
    if (broker.clients[client.id] === client) unregister(client);
    else broker.emit("clientDisconnect", client);
  };
}
