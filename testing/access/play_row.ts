/**
 * Plays the rows of the access table to a broker.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { type Row, USERS } from "./access_table.ts";
import {
  keptSession,
  openClient,
  type Protocol,
  type TestClient,
} from "../clients/clients.ts";
import { within } from "../deadline.ts";

/** Marks the messages of this test: mosquitto publishes on $SYS, too. */
const PAYLOAD = "for the table";
const END = "end";

/** MQTT 5's reason code for what isn't allowed (section 2.4). */
export const NOT_AUTHORIZED = 135;

/** What a client of the table says of itself. */
interface TableFields {
  clientId?: string;
  user?: string;
  password?: string;
  will?: { topic: string; payload: string };
  /** Whether its session outlives the connection. */
  isKept?: boolean;
}

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

/** Connects a client that the broker must let in. */
function open(
  { port, protocol }: Pick<Place, "port" | "protocol">,
  { clientId, user, password, will, isKept = false }: TableFields,
): Promise<TestClient> {
  return openClient(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: protocol,
    ...clientId !== undefined && { clientId },
    ...isKept && keptSession(clientId!, protocol),
    ...user !== undefined && { username: user },
    ...password !== undefined && { password },
    ...will && {
      will: {
        ...{ topic: will.topic, qos: 0, retain: false },
        payload: Buffer.from(will.payload),
      },
    },
  });
}

/** The code with which a broker answers a CONNECT. */
export async function connackCode(
  place: Pick<Place, "port" | "protocol">,
  fields: TableFields,
): Promise<number | undefined> {
  try {
    await using _client = await open(place, fields);
    return 0;
  } catch (error) {
    return codeOf(error as Error);
  }
}

/** The code of what MQTT.js throws at a refusal. */
function codeOf(error: Error): number {
  if ("code" in error && typeof error.code === "number") return error.code;
  throw error;
}

/** Publishes at QoS 1 and 2 in turn, and gives the topics that were refused. */
async function publish(
  { client }: TestClient,
  topics: string[],
  { payload = PAYLOAD, retain = false } = {},
): Promise<string[]> {
  const refused: string[] = [];
  for (const [index, topic] of topics.entries()) {
    const qos = index % 2 === 0 ? 1 : 2;
    const published = client.publishAsync(topic, payload, { retain, qos });
    const answered = published.then(() => 0, codeOf);
    const reason = await within(`an answer to ${topic}`, answered);
    if (reason < 128) continue;
    assertEquals(reason, NOT_AUTHORIZED, topic);
    refused.push(topic);
  }
  return refused;
}

/** Subscribes to a filter and to the end, and gives SUBACK's code for the former. */
async function subscribe(
  { client }: TestClient,
  filter: string,
  qos: 0 | 1 | 2 = 1,
): Promise<number> {
  const wanted = { [filter]: { qos }, [END]: { qos: 1 } } as const;
  try {
    const [grant] = await within("SUBACK", client.subscribeAsync(wanted));
    return grant!.qos;
  } catch (error) {
    if (!(error instanceof Error && "packet" in error)) throw error;
    return (error.packet as { granted: number[] }).granted[0]!;
  }
}

/** The topics of what comes, up to the message that all may read. */
async function readToEnd({ untilReceived }: TestClient): Promise<string[]> {
  for (let count = 1;; count++) {
    const received = await untilReceived(count);
    if (received[count - 1]!.topic !== END) continue;
    return received.slice(0, count - 1).filter(({ text }) => text === PAYLOAD)
      .map(({ topic }) => topic).sort();
  }
}

/** Does what a row says, and tells what it has come to. */
export async function playRow(row: Row, place: Place): Promise<Outcome> {
  const { does, filter = "#", qos, topics } = row;
  const { boss } = place;
  const isWatched = ["publish", "retain", "clear", "will"].includes(does);
  await using helper = await open(
    place,
    isWatched ? { ...boss, clientId: "helper" } : boss,
  );
  const fields = fieldsOf(row);
  if (does === "will") {
    await using watcher = await open(place, boss);
    await subscribe(watcher, "#");
    for (const topic of topics) {
      const will = { topic, payload: PAYLOAD };
      (await open(place, { ...fields, will })).client.end(true);
    }
    // Whoever takes over a client id finds that the last one is dead.
    await (await open(place, fields)).client.endAsync();
    await publish(helper, [END]);
    return { arrived: await readToEnd(watcher) };
  }
  if (does === "publish" || does === "retain" || does === "clear") {
    await using watcher = await open(place, boss);
    await using client = await open(place, fields);
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
  const client = await open(place, { ...fields, isKept: isAway });
  const granted = await subscribe(client, filter, qos);
  if (isAway) await client.client.endAsync();
  if (!isLate) await publish(helper, topics);
  await publish(helper, [END]);
  await using reader = isAway
    ? await open(place, { ...fields, isKept: true })
    : client;
  const arrived = await readToEnd(reader);
  if (isLate) await publish(helper, topics, { payload: "", retain: true });
  // A session would be there in the next row.
  if (isAway) (await open(place, fields)).client.end(true);
  return { arrived, granted };
}
