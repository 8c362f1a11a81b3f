/**
 * Plays the rows of the access table to a broker.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { type Row, USERS } from "./access_table.ts";
import type { Protocol } from "../clients/clients.ts";
import {
  openTableClient,
  type TableClient,
  type TableFields,
} from "./table_client.ts";

/** Marks the messages of this test: mosquitto publishes on $SYS, too. */
const PAYLOAD = "for the table";
const END = "end";

/** MQTT 5's reason code for what isn't allowed (section 2.4). */
export const NOT_AUTHORIZED = 135;

/** Where a row is played. */
interface Place {
  port: number;
  protocol: Protocol;
  /** What the helpers of a row log in with. */
  boss: TableFields;
}

/** What a row has come to. */
export interface Outcome {
  /** The topics of what arrived. */
  arrived: string[];
  /** The topics of what was refused with a reason, which only MQTT 5 has. */
  refused?: string[];
  /** The answer to SUBSCRIBE. */
  granted?: number;
}

function fieldsOf({ user, clientId = "client" }: Row): TableFields {
  if (user === undefined) return { clientId };
  return { clientId, user, password: USERS[user]! };
}

/** Publishes at QoS 1 and 2 in turn, and gives the topics that were refused. */
async function publish(
  client: TableClient,
  topics: string[],
  { payload = PAYLOAD, retain = false } = {},
): Promise<string[]> {
  const refused: string[] = [];
  for (const [index, topic] of topics.entries()) {
    const qos = index % 2 === 0 ? 1 : 2;
    const reason = await client.publish({ topic, payload, retain, qos });
    if (reason < 128) continue;
    assertEquals(reason, NOT_AUTHORIZED, topic);
    refused.push(topic);
  }
  return refused;
}

async function subscribe(
  client: TableClient,
  filter: string,
  qos: 0 | 1 | 2 = 1,
): Promise<number> {
  return (await client.subscribe({ [filter]: qos, [END]: 1 }))[0]!;
}

/** The topics of what comes, up to the message that all may read. */
async function readToEnd(client: TableClient): Promise<string[]> {
  const topics = [];
  while (true) {
    const { topic, payload } = await client.receive();
    if (topic === END) return topics.sort();
    if (payload === PAYLOAD) topics.push(topic);
  }
}

/** Does what a row says, and tells what it has come to. */
export async function playRow(row: Row, place: Place): Promise<Outcome> {
  const { does, filter = "#", qos, topics } = row;
  const { boss } = place;
  const open = (fields: TableFields) => openTableClient(place, fields);
  const isWatched = ["publish", "retain", "clear", "will"].includes(does);
  await using helper = await open(
    isWatched ? { ...boss, clientId: "helper" } : boss,
  );
  const fields = fieldsOf(row);
  if (does === "will") {
    await using watcher = await open(boss);
    await subscribe(watcher, "#");
    for (const topic of topics) {
      const will = { topic, payload: PAYLOAD };
      (await open({ ...fields, will })).close();
    }
    // Whoever takes over a client id finds that the last one is dead.
    await (await open(fields)).disconnect();
    await publish(helper, [END]);
    return { arrived: await readToEnd(watcher) };
  }
  if (does === "publish" || does === "retain" || does === "clear") {
    await using watcher = await open(boss);
    await using client = await open(fields);
    if (does === "publish") await subscribe(watcher, "#");
    if (does === "clear") await publish(helper, topics, { retain: true });
    const payload = does === "clear" ? "" : PAYLOAD;
    const retain = does !== "publish";
    const refused = await publish(client, topics, { payload, retain });
    if (does !== "publish") await subscribe(watcher, "#");
    await publish(helper, [END]);
    const kept = await readToEnd(watcher);
    if (does !== "publish") {
      await publish(helper, kept, { payload: "", retain: true });
    }
    if (does !== "clear") return { arrived: kept, refused };
    const cleared = topics.filter((topic) => !kept.includes(topic));
    return { arrived: cleared, refused };
  }
  const isLate = does === "subscribe late";
  if (isLate) await publish(helper, topics, { retain: true });
  const isAway = does === "come back";
  const client = await open({ ...fields, isKept: isAway });
  const granted = await subscribe(client, filter, qos);
  if (isAway) await client.disconnect();
  if (!isLate) await publish(helper, topics);
  await publish(helper, [END]);
  await using reader = isAway
    ? await open({ ...fields, isKept: true })
    : client;
  const arrived = await readToEnd(reader);
  if (isLate) await publish(helper, topics, { payload: "", retain: true });
  // A session would be there in the next row.
  if (isAway) (await open(fields)).close();
  return { arrived, granted };
}
