/**
 * What an engine does with each feature of MQTT, found out by trying it.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  connect,
  type ConnectOptions,
  type Message,
  publishOnce,
  subscribe,
  type SubscribeOptions,
} from "../../lib/mod.ts";
import { within } from "../deadline.ts";

/** Two addresses of an engine: of two of its nodes, or twice of the only one. */
export interface EngineAddresses {
  url: string;
  otherUrl: string;
}

/** Something that an engine may do. */
interface Feature {
  name: string;
  /** Says how well it does, in a word or two. */
  find: (engine: EngineAddresses) => Promise<string>;
}

/** How long what should come is waited for, in milliseconds. */
const ARRIVAL = 10_000;
/** How long something that shouldn't come is waited for. */
const ABSENCE = 1500;
const YES = "yes";
const NO = "no";
const MEGABYTE = 1024 * 1024;

/** What is tried, in the table's order. */
export const FEATURES: readonly Feature[] = [
  ...([0, 1, 2] as const).map((qos): Feature => ({
    name: `QoS ${qos}`,
    find: (engine) => findQos(engine, qos),
  })),
  {
    name: "retained message, by its topic",
    find: ({ url }) => findRetained(url, url, false),
  },
  {
    name: "retained message, by a wildcard",
    find: ({ url }) => findRetained(url, url, true),
  },
  {
    name: "retained message, at another node",
    find: ({ url, otherUrl }) => findRetained(url, otherUrl, false),
  },
  { name: "will, when a connection breaks", find: findWill },
  {
    name: "session: what came while its client was away",
    find: ({ url }) => findSession(url, url),
  },
  {
    name: "session: the same, at another node",
    find: ({ url, otherUrl }) => findSession(url, otherUrl),
  },
  { name: "client id in use at another node: taken over", find: findTakeover },
  { name: "`$share`: each message to one", find: (e) => findShared(e, 4) },
  { name: "MQTT 5, with user properties", find: findProperties },
  { name: "MQTT 5, with `$share`", find: (engine) => findShared(engine, 5) },
  { name: "topic `a.b`", find: (engine) => findTopic(engine, "a.b") },
  { name: "topic with a blank", find: (engine) => findTopic(engine, "a b") },
  { name: "what `#` at QoS 0 brings of QoS 1: once", find: findCopies },
  { name: "message of 1 MB", find: findLarge },
];

/** Tries all features, one after the other. */
export async function findFeatures(
  engine: EngineAddresses,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name, find } of FEATURES) {
    found.set(name, await find(engine).catch(() => NO));
  }
  return found;
}

async function findQos(
  { url, otherUrl }: EngineAddresses,
  qos: 0 | 1 | 2,
): Promise<string> {
  const topic = newName();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  await using received = await receive(otherUrl, topic, { qos });
  await publishOnce(url, { topic, payload: "x", qos }, { ...BRIEF, log });
  const message = await received.first();
  if (lines.some((line) => line.includes("(PUBACK)"))) return "as QoS 1";
  if (message.qos !== qos) return `arrives at QoS ${message.qos}`;
  return received.messages.length === 1 ? YES : "twice";
}

async function findRetained(
  url: string,
  otherUrl: string,
  isWildcard: boolean,
): Promise<string> {
  const name = newName();
  const topic = `${name}/x`;
  await publishOnce(url, { topic, payload: "x", qos: 1, retain: true });
  const filter = isWildcard ? `${name}/+` : topic;
  const end = performance.now() + ARRIVAL;
  let message: Message | undefined;
  // Another node may know it a moment later.
  while (message === undefined && performance.now() < end) {
    await using received = await receive(otherUrl, filter, { qos: 1 });
    message = await received.first(ABSENCE).catch(() => undefined);
  }
  await publishOnce(url, { topic, payload: "", qos: 1, retain: true });
  if (message === undefined) return NO;
  return message.retain ? YES : "not marked";
}

async function findWill({ url, otherUrl }: EngineAddresses): Promise<string> {
  const topic = newName();
  await using received = await receive(otherUrl, topic, { qos: 1 });
  const will = { topic, payload: "gone", qos: 1 } as const;
  await using client = await connect(url, { ...SHORT, will });
  client.options.reconnectPeriod = 0;
  client.stream.destroy();
  await received.first();
  return YES;
}

async function findSession(url: string, otherUrl: string): Promise<string> {
  const [topic, clientId] = [newName(), newName()];
  const kept = { clientId, clean: false, qos: 1 } as const;
  await (await receive(url, topic, kept))[Symbol.asyncDispose]();
  await publishOnce(url, { topic, payload: "x", qos: 1 });
  await using received = await receive(otherUrl, topic, kept);
  await received.first();
  return YES;
}

async function findTakeover(
  { url, otherUrl }: EngineAddresses,
): Promise<string> {
  const options = { ...SHORT, clientId: newName() };
  await using first = await connect(url, options);
  const closed = new Promise<string>((resolve) =>
    first.once("close", () => resolve(YES))
  );
  await using _second = await connect(otherUrl, options);
  // It would come back, and take over in its turn.
  first.options.reconnectPeriod = 0;
  return await within("the end of the first", closed, ABSENCE);
}

async function findShared(
  { url, otherUrl }: EngineAddresses,
  protocolVersion: 4 | 5,
): Promise<string> {
  const [group, topic] = [newName(), newName()];
  const filter = `$share/${group}/${topic}`;
  const options = { protocolVersion, qos: 1 } as const;
  await using one = await receive(url, filter, options);
  await using other = await receive(otherUrl, filter, options);
  const count = 20;
  for (let number = 0; number < count; number++) {
    await publishOnce(url, { topic, payload: number, qos: 1 });
  }
  await pause(ABSENCE);
  const counts = [one.messages.length, other.messages.length];
  const sum = counts[0]! + counts[1]!;
  if (sum === 0) return "granted, nothing comes";
  if (sum !== count) return `${sum} of ${count}`;
  return counts.includes(0) ? "all to one" : YES;
}

async function findProperties(
  { url, otherUrl }: EngineAddresses,
): Promise<string> {
  const topic = newName();
  const version = { protocolVersion: 5 } as const;
  await using received = await receive(otherUrl, topic, version);
  const properties = { userProperties: { unit: "°C" } };
  const message = { topic, payload: "x", properties };
  await publishOnce(url, message, { ...version, ...BRIEF });
  const { userProperties } = (await received.first()).properties;
  return userProperties?.unit === "°C" ? YES : "lost";
}

async function findTopic(
  { url, otherUrl }: EngineAddresses,
  name: string,
): Promise<string> {
  const parent = newName();
  const topic = `${parent}/${name}`;
  await using received = await receive(otherUrl, `${parent}/#`, { qos: 1 });
  await publishOnce(url, { topic, payload: "x", qos: 1 }, BRIEF);
  const message = await received.first();
  if (message.topic === topic) return YES;
  return `arrives as \`${message.topic.slice(parent.length + 1)}\``;
}

async function findCopies({ url, otherUrl }: EngineAddresses): Promise<string> {
  const topic = newName();
  await using received = await receive(otherUrl, "#", {});
  await publishOnce(url, { topic, payload: topic, qos: 1 });
  await pause(ABSENCE);
  const copies = received.messages.filter(({ text }) => text === topic);
  return copies.length === 1 ? YES : `${copies.length} times`;
}

async function findLarge({ url, otherUrl }: EngineAddresses): Promise<string> {
  const topic = newName();
  await using received = await receive(otherUrl, topic, { qos: 1 });
  const payload = new Uint8Array(MEGABYTE - 1024);
  await publishOnce(url, { topic, payload, qos: 1 }, BRIEF);
  const message = await received.first();
  return message.payload.length === payload.length ? YES : "cut";
}

const SHORT = { log: () => {}, retry: false, timeout: 10 } as const;
/** For what a broker may never answer. */
const BRIEF = { log: () => {}, timeout: 10 } as const;

/** Messages that arrive; disposing of it disconnects. */
interface Received extends AsyncDisposable {
  messages: Message[];
  /** Waits for the first one, and a little longer for one too many. */
  first(milliseconds?: number): Promise<Message>;
}

async function receive(
  url: string,
  filter: string,
  options: SubscribeOptions & ConnectOptions,
): Promise<Received> {
  const messages: Message[] = [];
  const { promise, resolve } = Promise.withResolvers<Message>();
  const onMessage = (message: Message) => {
    messages.push(message);
    resolve(message);
  };
  const subscription = await subscribe(url, filter, onMessage, false, {
    ...SHORT,
    ...options,
  });
  return {
    messages,
    async first(milliseconds = ARRIVAL) {
      const message = await within("a message", promise, milliseconds);
      await pause(100);
      return message;
    },
    [Symbol.asyncDispose]: () => subscription.close(),
  };
}

/** A name that nobody else uses: engines keep what was before. */
function newName(): string {
  return `e${crypto.randomUUID().replaceAll("-", "")}`;
}
