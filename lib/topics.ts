const encoder = new TextEncoder();

/**
 * Checks a topic that a message is published on (MQTT 3.1.1 section 4.7).
 *
 * @example A wildcard is for subscribing
 * ```ts
 * import { assertTopicName } from "./mod.ts";
 * import { assertThrows } from "@std/assert";
 *
 * assertTopicName("iot/user1/temp");
 * assertThrows(() => assertTopicName("iot/#"), TypeError, "iot/#");
 * ```
 *
 * @throws {TypeError} If it is empty, too long, or has a wildcard or NUL in it.
 */
export function assertTopicName(topic: string): void {
  assertTopic(topic, "Topic name");
  if (/[+#]/.test(topic)) {
    throw new TypeError(
      `Topic name is "${topic}": the wildcards + and # are for subscribing only`,
    );
  }
}

/**
 * Checks a filter that is subscribed to (MQTT 3.1.1 section 4.7); a shared one,
 * `$share/group/filter`, too (MQTT 5.0 section 4.8.2).
 *
 * @example `#` comes last
 * ```ts
 * import { assertTopicFilter } from "./mod.ts";
 * import { assertThrows } from "@std/assert";
 *
 * assertTopicFilter("$share/recorders/iot/+/temp");
 * assertThrows(() => assertTopicFilter("a/#/b"), TypeError, "a/#/b");
 * ```
 *
 * @throws {TypeError} If it is empty, too long, misplaces a wildcard, or is a shared one
 * without a group or a filter.
 */
export function assertTopicFilter(filter: string): void {
  assertTopic(filter, "Topic filter");
  const shared = /^\$share\/(?<group>[^/]*)(?:\/(?<rest>.*))?$/s.exec(filter);
  if (shared !== null) assertShared(filter, shared.groups!);
  const levels = filter.split("/");
  levels.forEach((level, index) => {
    if (level.includes("#") && (level !== "#" || index < levels.length - 1)) {
      throw new TypeError(
        `Topic filter is "${filter}": # must be its last level, alone`,
      );
    }
    if (level.includes("+") && level !== "+") {
      throw new TypeError(
        `Topic filter is "${filter}": + must be a whole level`,
      );
    }
  });
}

function assertShared(
  filter: string,
  { group, rest }: Record<string, string | undefined>,
): void {
  if (!group || !rest) {
    throw new TypeError(
      `Topic filter is "${filter}": a shared one must be $share/group/filter`,
    );
  }
  if (/[+#]/.test(group)) {
    throw new TypeError(
      `Topic filter is "${filter}": its group must have no wildcard`,
    );
  }
}

function assertTopic(topic: string, kind: string): void {
  if (typeof topic !== "string" || topic === "") {
    throw new TypeError(`${kind} is "${topic}": it must not be empty`);
  }
  if (topic.includes("\0")) {
    throw new TypeError(`${kind} has a NUL character: it must have none`);
  }
  if (topic.length > 21845 && encoder.encode(topic).length > 65535) {
    throw new TypeError(
      `${kind} is "${topic.slice(0, 40)}…": it must have 65,535 bytes at most`,
    );
  }
}

/**
 * Checks a quality of service: 0, 1 or 2 (MQTT 3.1.1 section 4.3).
 *
 * @example There are three
 * ```ts
 * import { assertQos } from "./mod.ts";
 * import { assertThrows } from "@std/assert";
 *
 * assertQos(2);
 * assertThrows(() => assertQos(3), RangeError, "QoS is 3");
 * ```
 *
 * @throws {RangeError} If it is another number.
 */
export function assertQos(qos: number): asserts qos is 0 | 1 | 2 {
  if (qos === 0 || qos === 1 || qos === 2) return;
  throw new RangeError(`QoS is ${qos}: it must be 0, 1 or 2`);
}
