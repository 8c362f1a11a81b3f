import { ProtocolError, protocolError, REASON } from "./wire/reason.ts";
import type { Topic } from "./wire/topics.ts";

/** How many topics a client may give numbers to. */
export const TOPIC_ALIAS_MAXIMUM = 100;

/** The topics that a client's numbers stand for (MQTT 5.0 section 3.3.2.3.4). */
export class TopicAliases {
  readonly #topics = new Map<number, Topic>();

  /**
   * Gives the topic of a message, and keeps it under its number.
   *
   * @throws {ProtocolError} If the number is too large, or stands for nothing.
   */
  topicOf(topic: Topic | undefined, alias: number | undefined): Topic {
    if (alias === undefined) return topic!;
    if (alias > TOPIC_ALIAS_MAXIMUM) {
      throw new ProtocolError(
        `Topic alias is ${alias}: ${TOPIC_ALIAS_MAXIMUM} is the most`,
        REASON.TOPIC_ALIAS_INVALID,
      );
    }
    if (topic !== undefined) this.#topics.set(alias, topic);
    const known = this.#topics.get(alias);
    if (known !== undefined) return known;
    throw protocolError(`Topic alias ${alias} has not been given a topic`);
  }
}
