import { Buffer } from "node:buffer";
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { Commits } from "./commits.ts";
import type { Delivery } from "../wire/packets.ts";

/** What is stored of a message on its way to a client. */
export interface StoredDelivery {
  /** Names it in the store; those that came later have higher ones. */
  number: number;
  message: Delivery;
  /** Its message id, if it has been sent. */
  id: number | undefined;
  /** Whether the client has confirmed a QoS 2 message. */
  isReceived: boolean;
}

/** What is stored of a subscription. */
export interface StoredSubscription {
  topic: string;
  qos: 0 | 1 | 2;
}

/** What is stored of a session. */
export interface StoredSession {
  clientId: string;
  user: string | undefined;
  subscriptions: StoredSubscription[];
  /** Oldest first. */
  deliveries: StoredDelivery[];
  record: SessionRecord;
}

/** A retained message. */
export type Retained = Pick<Delivery, "topic" | "payload" | "qos">;

/** Stores what becomes of a session. */
export interface SessionRecord {
  subscribe(filter: string, qos: number): void;
  unsubscribe(filter: string): void;
  /** Stores a message for the client, with its id if it is sent at once. */
  add(message: Delivery, id: number | undefined): number;
  /** A message that waited is sent. */
  send(number: number, id: number): void;
  /** The client has confirmed a QoS 2 message. */
  receive(number: number): void;
  /** A message has reached its end. */
  complete(number: number): void;
  /** Forgets the session, of which no message may be left. */
  remove(): void;
}

/** What is stored, and the ways to change it. */
export interface Records {
  /** Reads the retained messages, those with the oldest topics first. */
  retained(): Iterable<Retained>;
  /** Reads the sessions. */
  sessions(): Iterable<StoredSession>;
  /** Reads the ids of QoS 2 messages that publishers have yet to release. */
  unreleased(): Iterable<{ clientId: string; id: number }>;
  /** Keeps a retained message in place of its topic's last one. */
  retain(message: Retained): void;
  /** Forgets a topic's retained message. */
  clear(topic: string): void;
  /** Keeps a new session. */
  addSession(clientId: string, user: string | undefined): SessionRecord;
  /** Keeps the id of a QoS 2 message until its publisher releases it. */
  expect(clientId: string, id: number): void;
  /** A publisher has released a QoS 2 message. */
  release(clientId: string, id: number): void;
  /** Forgets all ids of a publisher. */
  releaseAll(clientId: string): void;
}

type Row = Record<string, SQLOutputValue>;

/** Reads and changes the rows of a store's database. */
export function createRecords(
  database: DatabaseSync,
  commits: Commits,
): Records {
  function change(sql: string): (...values: SQLInputValue[]) => void {
    const statement = database.prepare(sql);
    return (...values) => commits.add(() => statement.run(...values));
  }
  function read(sql: string): (...values: SQLInputValue[]) => Iterable<Row> {
    const statement = database.prepare(sql);
    return (...values) => statement.iterate(...values);
  }
  const rows = {
    retained: read(
      `SELECT ${whole("topic")}, payload, qos FROM retained ORDER BY number`,
    ),
    sessions: read(
      `SELECT key, ${whole("client")}, ${whole("user")}
         FROM session ORDER BY key`,
    ),
    subscriptions: read(
      `SELECT ${whole("filter")}, qos FROM subscription WHERE session = ?`,
    ),
    deliveries: read(
      `SELECT number, session, ${whole("topic")}, payload, qos, retain, id,
         received FROM delivery ORDER BY number`,
    ),
    unreleased: read(`SELECT ${whole("client")}, id FROM unreleased`),
  };
  const retain = change(
    `INSERT INTO retained (topic, payload, qos) VALUES (?, ?, ?)
       ON CONFLICT (topic) DO UPDATE
       SET payload = excluded.payload, qos = excluded.qos`,
  );
  const addSession = change("INSERT INTO session VALUES (?, ?, ?)");
  const removeSession = change("DELETE FROM session WHERE key = ?");
  const subscribe = change(
    "INSERT OR REPLACE INTO subscription VALUES (?, ?, ?)",
  );
  const unsubscribe = change(
    "DELETE FROM subscription WHERE session = ? AND filter = ?",
  );
  const unsubscribeAll = change("DELETE FROM subscription WHERE session = ?");
  const add = change("INSERT INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?, 0)");
  const send = change("UPDATE delivery SET id = ? WHERE number = ?");
  const receive = change("UPDATE delivery SET received = 1 WHERE number = ?");
  const complete = change("DELETE FROM delivery WHERE number = ?");
  let lastKey = 0;
  let lastNumber = 0;

  function recordOf(key: number): SessionRecord {
    return {
      subscribe: (filter, qos) => subscribe(key, filter, qos),
      unsubscribe: (filter) => unsubscribe(key, filter),
      add({ topic, payload, qos, retain }, id) {
        const flag = retain ? 1 : 0;
        add(++lastNumber, key, topic, payload, qos, flag, id ?? null);
        return lastNumber;
      },
      send: (number, id) => send(id, number),
      receive,
      complete,
      remove() {
        unsubscribeAll(key);
        removeSession(key);
      },
    };
  }
  function readDeliveries(): Map<number, StoredDelivery[]> {
    const bySession = new Map<number, StoredDelivery[]>();
    for (const row of rows.deliveries()) {
      lastNumber = row.number as number;
      const session = row.session as number;
      const deliveries = bySession.get(session) ?? [];
      deliveries.push(deliveryOf(row));
      bySession.set(session, deliveries);
    }
    return bySession;
  }

  return {
    *retained() {
      for (const row of rows.retained()) yield messageOf(row);
    },
    *sessions() {
      const deliveries = readDeliveries();
      for (const { key, client, user } of rows.sessions()) {
        lastKey = key as number;
        const subscriptions = [];
        for (const { filter, qos } of rows.subscriptions(lastKey)) {
          const topic = textOf(filter);
          subscriptions.push({ topic, qos } as StoredSubscription);
        }
        yield {
          clientId: textOf(client),
          user: user === null ? undefined : textOf(user),
          subscriptions,
          deliveries: deliveries.get(lastKey) ?? [],
          record: recordOf(lastKey),
        };
      }
    },
    *unreleased() {
      for (const { client, id } of rows.unreleased()) {
        yield { clientId: textOf(client), id: id as number };
      }
    },
    retain: ({ topic, payload, qos }) => retain(topic, payload, qos),
    clear: change("DELETE FROM retained WHERE topic = ?"),
    addSession(clientId, user) {
      addSession(++lastKey, clientId, user ?? null);
      return recordOf(lastKey);
    },
    expect: change("INSERT OR IGNORE INTO unreleased VALUES (?, ?)"),
    release: change("DELETE FROM unreleased WHERE client = ? AND id = ?"),
    releaseAll: change("DELETE FROM unreleased WHERE client = ?"),
  };
}

/** A text's bytes: as text it would be read no further than to a NUL. */
function whole(column: string): string {
  return `CAST(${column} AS BLOB) AS ${column}`;
}

function bytesOf(value: SQLOutputValue | undefined): Buffer {
  const { buffer, byteOffset, byteLength } = value as Uint8Array<ArrayBuffer>;
  return Buffer.from(buffer, byteOffset, byteLength);
}

function textOf(value: SQLOutputValue | undefined): string {
  return bytesOf(value).toString();
}

function messageOf({ topic, payload, qos }: Row): Retained {
  return {
    topic: textOf(topic),
    payload: bytesOf(payload),
    qos: qos as 0 | 1 | 2,
  };
}

function deliveryOf(row: Row): StoredDelivery {
  return {
    number: row.number as number,
    message: { ...messageOf(row), retain: row.retain === 1 },
    id: row.id as number | null ?? undefined,
    isReceived: row.received === 1,
  };
}
