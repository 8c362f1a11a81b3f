import { assertQos, assertTopicFilter } from "../topics.ts";

/** A topic filter with the quality of service that is asked for it. */
export type TopicRequest = readonly [filter: string, qos: 0 | 1 | 2];

/** One filter, several, one `[filter, qos]` pair, or several (paho's forms). */
export type Topics = string | TopicRequest | readonly (string | TopicRequest)[];

/**
 * Reads the topics in any of the forms that `subscribe` takes.
 *
 * @throws {TypeError | RangeError} If a filter or a quality of service is invalid.
 */
export function parseTopics(
  topics: Topics,
  defaultQos: 0 | 1 | 2,
): Map<string, 0 | 1 | 2> {
  const list = typeof topics === "string" || isRequest(topics)
    ? [topics]
    : topics;
  if (list.length === 0) {
    throw new TypeError("Topic list is empty: it must name one at least");
  }
  const requests = new Map<string, 0 | 1 | 2>();
  for (const item of list) {
    const [filter, qos] = typeof item === "string" ? [item, defaultQos] : item;
    assertTopicFilter(filter);
    assertQos(qos);
    requests.set(filter, qos);
  }
  return requests;
}

function isRequest(topics: Exclude<Topics, string>): topics is TopicRequest {
  return topics.length === 2 && typeof topics[1] === "number";
}
