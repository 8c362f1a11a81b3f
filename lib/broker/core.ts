import type { Duplex } from "node:stream";
import type { Access } from "./access/access.ts";
import { Client, type Surroundings } from "./client.ts";
import { RetainedMessages } from "./delivery/retained.ts";
import { Router } from "./delivery/router.ts";
import { Figures } from "./figures.ts";
import type { Limits } from "./limits.ts";
import { Sessions } from "./sessions.ts";
import type { Durable } from "./store/durable.ts";
import { publishSystemTopics } from "./system_topics.ts";
import { ByteBudget } from "./wire/byte_budget.ts";
import { TopicReader } from "./wire/topics.ts";

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
