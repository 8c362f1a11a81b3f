import { printable } from "../../lib/printable.ts";
import type { TopicNews } from "./protocol.ts";
import type { Topic } from "./topic_table.ts";

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
