import type { Duplex } from "node:stream";
import type { Access } from "./access/access.ts";
import { Client, type Surroundings } from "./client.ts";
import { RetainedMessages } from "./delivery/retained.ts";
import { Router } from "./delivery/router.ts";
import { Figures } from "./wire/connection.ts";
import type { Limits } from "./limits.ts";
import { Sessions } from "./sessions.ts";
import type { Durable } from "./store/durable.ts";
import { ByteBudget } from "./wire/input.ts";
import { type Topic, topicOf, TopicReader } from "./wire/topics.ts";
import { Buffer } from "node:buffer";
import { NO_BYTES } from "./wire/properties.ts";

interface CoreOptions {
  access: Access;
  limits: Limits;
  log: (line: string) => void;
  /** What outlives the broker, with a store. */
  durable?: Durable | undefined;
}

/** Makes the broker without its listeners: who is connected, and who gets what. */
export function createCore({ access, limits, log, durable }: CoreOptions) {
  const records = durable?.records;
  const retained = new RetainedMessages(limits, { records, log });
  for (const message of records?.retained() ?? []) retained.put(message);
  const router = new Router(retained);
  const sessions = new Sessions({ access, limits, router, log, records });
  /** The clients, until their connections are closed. */
  const clients = new Map<Client, Promise<void>>();
  const surroundings: Surroundings = {
    access,
    budget: new ByteBudget(limits.maxBufferedBytes),
    durable,
    figures: new Figures(),
    limits,
    log,
    retained,
    router,
    sessions,
    topics: new TopicReader(limits.maxTopicLevels),
  };
  const stopSystemTopics = publishSystemTopics(surroundings);
  access.onChange(() => sessions.reviewRights());

  return {
    /** Serves a client on a stream; `remote` names its address for the log. */
    serve(stream: Duplex, remote: string): Client {
      const client = new Client(stream, remote, surroundings);
      const { promise, resolve } = Promise.withResolvers<void>();
      clients.set(client, promise);
      stream.once("close", () => {
        clients.delete(client);
        resolve();
      });
      return client;
    },
    /** The clients that are connected or have a session. */
    clients: () => sessions.all.map((session) => session.describe()),
    /** Closes the connections of all clients, and the broker's timers. */
    async close(): Promise<void> {
      stopSystemTopics();
      for (const client of clients.keys()) client.close();
      sessions.close();
      await Promise.all([access.close(), ...clients.values()]);
      durable?.commits.close();
    },
  };
}

const VERSION = "MQTT workbook for Deno";

interface SystemTopicsOptions {
  figures: Figures;
  retained: RetainedMessages;
  router: Router;
  sessions: Sessions;
  /** How often, in milliseconds: every ten seconds unless given. */
  interval?: number;
}

/**
 * Publishes from time to time how the broker is, on the topics that mosquitto has
 * for it (man page mosquitto, "broker status").
 */
export function publishSystemTopics(
  { figures, retained, router, sessions, interval = 10_000 }:
    SystemTopicsOptions,
): () => void {
  const start = Date.now();
  const topics = new Map<string, Topic>();
  const last = new Map<string, string>();
  let mostConnected = 0;

  function publish(name: string, value: string | number): void {
    const text = `${value}`;
    if (last.get(name) === text) return;
    last.set(name, text);
    let topic = topics.get(name);
    if (topic === undefined) {
      topics.set(name, topic = topicOf(`$SYS/broker/${name}`));
    }
    const message = {
      topic,
      payload: Buffer.from(text),
      qos: 0,
      retain: true,
      properties: NO_BYTES,
      expiresAt: Infinity,
    } as const;
    retained.put(message);
    router.send(message);
  }
  function publishAll(): void {
    const all = sessions.all;
    const connected = all.filter(({ isConnected }) => isConnected).length;
    mostConnected = Math.max(mostConnected, connected);
    const subscriptions = all.reduce(
      (sum, { subscriptions: { size } }) => sum + size,
      0,
    );
    const seconds = Math.floor((Date.now() - start) / 1_000);
    publish("version", VERSION);
    publish("uptime", `${seconds} seconds`);
    publish("clients/connected", connected);
    publish("clients/disconnected", all.length - connected);
    publish("clients/total", all.length);
    publish("clients/maximum", mostConnected);
    publish("subscriptions/count", subscriptions);
    publish("retained messages/count", retained.count);
    publish("messages/received", figures.packetsReceived);
    publish("messages/sent", figures.packetsSent);
    publish("bytes/received", figures.bytesReceived);
    publish("bytes/sent", figures.bytesSent);
    publish("publish/messages/received", figures.messagesReceived);
    publish("publish/messages/sent", router.sent);
  }
  publishAll();
  const timer = setInterval(publishAll, interval);
  return () => clearInterval(timer);
}
