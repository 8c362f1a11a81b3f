import { Buffer } from "node:buffer";
import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import type { Message, Will } from "../delivery/message.ts";
import type { DeliveryRecord, StoredDelivery } from "../delivery/outbox.ts";
import type { Subscription } from "../delivery/subscription.ts";
import { readShare } from "../wire/decode.ts";
import { topicOf } from "../wire/topics.ts";
import type { Commits } from "./commits.ts";

export type StoredSubscription = Omit<Subscription, "subscriber">;

export type Records = ReturnType<typeof createRecords>;

/** Stores what becomes of a session. */
export type SessionRecord = ReturnType<Records["addSession"]>;

export type StoredSession = ReturnType<Records["sessions"]>[number];

type Row = Record<string, SQLOutputValue>;

/** Reads and changes the rows of a store's database. */
export function createRecords(database: DatabaseSync, commits: Commits) {
  function change(sql: string): (...values: SQLInputValue[]) => void {
    const statement = database.prepare(sql);
    return (...values) => commits.add(() => statement.run(...values));
  }
  function read(sql: string): (...values: SQLInputValue[]) => Row[] {
    const statement = database.prepare(sql);
    return (...values) => statement.all(...values);
  }
  const rows = {
    retained: read(
      `SELECT ${whole("topic")}, payload, qos, properties, expires
         FROM retained ORDER BY number`,
    ),
    sessions: read(
      `SELECT key, ${whole("client")}, ${whole("user")}, expiry, gone
         FROM session ORDER BY key`,
    ),
    wills: read(
      `SELECT ${whole("topic")}, payload, qos, retain, properties, delay,
         expiry, due FROM will WHERE session = ?`,
    ),
    subscriptions: read(
      `SELECT ${whole("filter")}, qos, options, identifier
         FROM subscription WHERE session = ?`,
    ),
    deliveries: read(
      `SELECT number, session, ${whole("topic")}, payload, qos, retain, id,
         received, properties, expires, identifiers, ${whole("share")}
         FROM delivery ORDER BY number`,
    ),
    unreleased: read(`SELECT ${whole("client")}, id FROM unreleased`),
  };
  const retain = change(
    `INSERT INTO retained (topic, payload, qos, properties, expires)
       VALUES (?, ?, ?, ?, ?) ON CONFLICT (topic) DO UPDATE
       SET payload = excluded.payload, qos = excluded.qos,
         properties = excluded.properties, expires = excluded.expires`,
  );
  const addSession = change(
    "INSERT INTO session (key, client, user) VALUES (?, ?, ?)",
  );
  const removeSession = change("DELETE FROM session WHERE key = ?");
  const setExpiry = change(
    "UPDATE session SET expiry = ?, gone = ? WHERE key = ?",
  );
  const setWill = change(
    "INSERT OR REPLACE INTO will VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const clearWill = change("DELETE FROM will WHERE session = ?");
  const subscribe = change(
    `INSERT OR REPLACE INTO subscription
       (session, filter, qos, options, identifier) VALUES (?, ?, ?, ?, ?)`,
  );
  const unsubscribe = change(
    "DELETE FROM subscription WHERE session = ? AND filter = ?",
  );
  const unsubscribeAll = change("DELETE FROM subscription WHERE session = ?");
  const add = change(
    `INSERT INTO delivery (number, session, topic, payload, qos, retain, id,
       properties, expires, identifiers, share)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const send = change("UPDATE delivery SET id = ? WHERE number = ?");
  const receive = change("UPDATE delivery SET received = 1 WHERE number = ?");
  const complete = change("DELETE FROM delivery WHERE number = ?");
  const expect = change("INSERT OR IGNORE INTO unreleased VALUES (?, ?)");
  const release = change("DELETE FROM unreleased WHERE client = ? AND id = ?");
  const releaseAll = change("DELETE FROM unreleased WHERE client = ?");
  let lastKey = 0;
  let lastNumber = 0;

  function recordOf(key: number, clientId: string) {
    return {
      subscribe(subscription: StoredSubscription): void {
        const { filter, qos, identifier } = subscription;
        const options = optionsOf(subscription);
        subscribe(key, filter, qos, options, identifier ?? null);
      },
      unsubscribe: (filter: string) => unsubscribe(key, filter),
      /** Keeps the id of a QoS 2 message until its publisher releases it. */
      expect: (id: number) => expect(clientId, id),
      release: (id: number) => release(clientId, id),
      /** Says how long the session lasts, and since when its client is gone. */
      setExpiry: (expiry: number, goneAt: number | undefined) =>
        setExpiry(orNull(expiry), goneAt ?? null, key),
      /** Keeps the will, and when it is due if its client is gone. */
      setWill({ message, delay, expiry }: Will, due: number | undefined): void {
        const { topic, payload, qos, retain, properties } = message;
        const what = [topic.text, payload, qos, retain ? 1 : 0, properties];
        setWill(key, ...what, delay, orNull(expiry), due ?? null);
      },
      clearWill: () => clearWill(key),
      add({ message, qos, retain, identifiers, share }, id) {
        const { topic, payload, properties, expiresAt } = message;
        const what = [topic.text, payload, qos, retain ? 1 : 0, id ?? null];
        const terms = [JSON.stringify(identifiers), share ?? null];
        add(
          ++lastNumber,
          key,
          ...what,
          properties,
          orNull(expiresAt),
          ...terms,
        );
        return lastNumber;
      },
      send: (number, id) => send(id, number),
      receive,
      complete,
      /** Forgets the session, of which no message may be left. */
      remove(): void {
        unsubscribeAll(key);
        clearWill(key);
        releaseAll(clientId);
        removeSession(key);
      },
    } satisfies DeliveryRecord & Record<string, unknown>;
  }
  return {
    /** The retained messages, those with the oldest topics first. */
    retained: () => rows.retained().map((row) => messageOf(row, true)),
    sessions() {
      const all = rows.deliveries();
      lastNumber = all.at(-1)?.number as number ?? 0;
      const deliveries = Map.groupBy(all, ({ session }) => session);
      return rows.sessions().map(({ key, client, user, expiry, gone }) => {
        lastKey = key as number;
        const clientId = textOf(client);
        const [will] = rows.wills(lastKey);
        return {
          clientId,
          user: user === null ? undefined : textOf(user),
          /** How many seconds it outlives its connection; `Infinity` for ever. */
          expiry: orInfinity(expiry),
          /** When its client has gone, in milliseconds since 1970, if it had. */
          goneAt: gone as number | null ?? undefined,
          will: will && willOf(will),
          subscriptions: rows.subscriptions(lastKey).map(subscriptionOf),
          /** Oldest first. */
          deliveries: (deliveries.get(lastKey) ?? []).map(deliveryOf),
          record: recordOf(lastKey, clientId),
        };
      });
    },
    /** The ids of QoS 2 messages that publishers have yet to release. */
    unreleased: () =>
      rows.unreleased().map(({ client, id }) => (
        { clientId: textOf(client), id: id as number }
      )),
    retain({ topic, payload, qos, properties, expiresAt }: Message): void {
      retain(topic.text, payload, qos, properties, orNull(expiresAt));
    },
    clear: change("DELETE FROM retained WHERE topic = ?"),
    addSession(clientId: string, user: string | undefined) {
      addSession(++lastKey, clientId, user ?? null);
      return recordOf(lastKey, clientId);
    },
  };
}

/** A text's bytes: as text it would be read no further than to a NUL. */
function whole(column: string): string {
  return `CAST(${column} AS BLOB) AS ${column}`;
}

/** SQLite's integers know no infinity. */
function orNull(value: number): number | null {
  return value === Infinity ? null : value;
}

function orInfinity(value: SQLOutputValue | undefined): number {
  return value as number | null ?? Infinity;
}

function bytesOf(value: SQLOutputValue | undefined): Buffer {
  const { buffer, byteOffset, byteLength } = value as Uint8Array<ArrayBuffer>;
  return Buffer.from(buffer, byteOffset, byteLength);
}

function textOf(value: SQLOutputValue | undefined): string {
  return bytesOf(value).toString();
}

function messageOf(row: Row, retain = row.retain === 1): Message {
  return {
    topic: topicOf(textOf(row.topic)),
    payload: bytesOf(row.payload),
    qos: row.qos as 0 | 1 | 2,
    retain,
    properties: bytesOf(row.properties),
    expiresAt: orInfinity(row.expires),
  };
}

function deliveryOf(row: Row): StoredDelivery {
  const message = messageOf(row);
  const { qos, retain } = message;
  return {
    number: row.number as number,
    delivery: {
      message,
      qos,
      retain,
      identifiers: JSON.parse(row.identifiers as string),
      share: row.share === null ? undefined : textOf(row.share),
    },
    id: row.id as number | null ?? undefined,
    isReceived: row.received === 1,
  };
}

/** The will, and when it is due, if its client had gone. */
function willOf(row: Row): { will: Will; due: number | undefined } {
  const will = {
    message: messageOf(row),
    delay: row.delay as number,
    expiry: orInfinity(row.expiry),
  };
  return { will, due: row.due as number | null ?? undefined };
}

/** The options of a subscription but its QoS, as SUBSCRIBE has them. */
function optionsOf(
  { noLocal, retainAsPublished, retainHandling }: Pick<
    StoredSubscription,
    "noLocal" | "retainAsPublished" | "retainHandling"
  >,
): number {
  return (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0) |
    (retainHandling << 4);
}

function subscriptionOf(row: Row): StoredSubscription {
  const filter = textOf(row.filter);
  const options = row.options as number;
  return {
    filter,
    ...readShare(filter),
    qos: row.qos as 0 | 1 | 2,
    noLocal: (options & 0x04) !== 0,
    retainAsPublished: (options & 0x08) !== 0,
    retainHandling: options >> 4,
    identifier: row.identifier as number | null ?? undefined,
  };
}
