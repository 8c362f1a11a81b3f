import type { Packet } from "mqtt";
import { describePacket } from "../../lib/client/describe_packet.ts";
import type { BrokerClient } from "../../lib/mod.ts";
import { printable } from "../../lib/printable.ts";
import { type KeptMessage, propertySize } from "./message_log.ts";
import type {
  ClientNews,
  Frame,
  MessageNews,
  PacketNews,
  TopicNews,
} from "./protocol.ts";
import { Ring } from "./collections.ts";
import type { Topic } from "./topic_table.ts";

/** Characters of a stranger's text that the page is told. */
const LONGEST = 1_000;

/** Whether more is in a text than its {@linkcode beginning}. */
function isCut(text: string): boolean {
  return text.length > LONGEST;
}

/** The beginning of a stranger's text, made printable; of a long one it ends with `…`. */
function beginning(text: string): string {
  return isCut(text)
    ? `${printable(text.slice(0, LONGEST))}…`
    : printable(text);
}

const VERSIONS = { 3: "3.1", 4: "3.1.1", 5: "5" };

/** Characters of all clients: thousands that have chosen nothing enormous. */
const MOST_TEXT = 4 * 1024 * 1024;

/** As many of the clients as one frame holds. */
export function clientsWithin(
  all: readonly ClientNews[],
): Required<Pick<Frame, "clients" | "clientsLeftOut">> {
  let size = 0;
  const clients = all.filter((client) => {
    size += JSON.stringify(client).length;
    return size <= MOST_TEXT;
  });
  return { clients, clientsLeftOut: all.length - clients.length };
}

/** What the page is told of a client of the embedded broker. */
export function clientNews(client: BrokerClient): ClientNews {
  const { id, user, connection, subscriptions, inFlight, waiting } = client;
  return {
    id: beginning(id),
    ...user !== undefined && { user: beginning(user) },
    isConnected: connection !== undefined,
    ...connection && {
      since: connection.since.getTime(),
      address: connection.remote,
      version: VERSIONS[connection.protocolVersion],
    },
    subscriptions: subscriptions.map(({ filter, qos }) => ({
      filter: beginning(filter),
      qos,
    })),
    inFlight,
    waiting,
  };
}

/** What the page is told of a packet. */
export function packetNews(
  packet: Packet,
  isSent: boolean,
  time: number,
): PacketNews {
  const text = describePacket(packet);
  return {
    time,
    isSent,
    type: packet.cmd.toUpperCase(),
    ...packet.messageId && { id: packet.messageId },
    ...packet.cmd === "publish" && {
      qos: packet.qos,
      retain: packet.retain,
      duplicate: packet.dup,
      topic: beginning(packet.topic),
    },
    text: beginning(text),
    isCut: isCut(text),
  };
}

const LONGEST_VALUE = 200;
const decoder = new TextDecoder();

/** What the page is told of a topic; of one that it doesn't know, the name, too. */
export function topicNews(topic: Topic, isFirst: boolean): TopicNews {
  const last = topic.messages.last;
  const { payload = new Uint8Array(), bytes = 0, qos = 0, time = 0 } = last ??
    {};
  return {
    id: topic.id,
    ...isFirst && { name: topic.name },
    count: topic.count,
    time,
    value: excerptOf(payload),
    bytes,
    qos,
    isRetained: topic.isRetained,
  };
}

function excerptOf(payload: Uint8Array): string {
  const text = decoder.decode(payload.subarray(0, 4 * LONGEST_VALUE));
  return printable(text.slice(0, LONGEST_VALUE)).slice(0, LONGEST_VALUE);
}

/** What one frame holds at most. */
const MOST_MESSAGES = 200;
const MOST_BYTES = 1024 * 1024;

/**
 * What the page is told of the messages of a topic that it shows: the newest.
 *
 * @param seen How many of them it was told of before, `undefined` if none was.
 */
export function messageNews(
  { name, messages }: Topic,
  seen: number | undefined,
): MessageNews {
  const { items, leftOut } = messages.since(seen ?? 0, MOST_MESSAGES);
  const newest = newestWithin(items, MOST_BYTES);
  return {
    topic: name,
    isStart: seen === undefined,
    messages: newest.map(({ payload, ...message }) => ({
      ...message,
      payload: payload.toBase64(),
    })),
    leftOut: leftOut + items.length - newest.length,
  };
}

function newestWithin(messages: KeptMessage[], most: number): KeptMessage[] {
  let first = messages.length;
  for (let bytes = 0; first > 0; first--) {
    const { payload, properties } = messages[first - 1]!;
    bytes += payload.length + propertySize(properties);
    if (bytes > most && first < messages.length) break;
  }
  return messages.slice(first);
}

const MOST_LINES = 500;

/** Makes a log of which the last lines are kept, and of a long one the beginning. */
export function createLogLines(): Ring<string> {
  return new LogLines(MOST_LINES);
}

class LogLines extends Ring<string> {
  override push(line: string): void {
    super.push(beginning(line));
  }
}
