import type { KeptMessage } from "./message_log.ts";
import { propertySize } from "./property_texts.ts";
import type { MessageNews, TopicMessage } from "./protocol.ts";
import type { Topic } from "./topic_table.ts";

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
    messages: newest.map(topicMessage),
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

function topicMessage({ payload, ...message }: KeptMessage): TopicMessage {
  return {
    ...message,
    payload: payload.toBase64(),
  };
}
