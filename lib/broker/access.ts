import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { BrokerOptions, TopicRule } from "../broker.ts";
import { covers } from "./topics.ts";
import { assertTopicFilter } from "../topics.ts";

/** Who may connect, and what they may publish and subscribe to. */
export interface Access {
  /** The CONNACK return code of MQTT 3.1.1 section 3.2.2.3; 0 lets in. */
  connect(user: string | undefined, password: Uint8Array | undefined): number;
  /** Whether a user, or someone nameless, may publish on a topic. */
  mayPublish(user: string | undefined, topic: string): boolean;
  /** Whether a user, or someone nameless, may subscribe to a filter. */
  maySubscribe(user: string | undefined, filter: string): boolean;
}

const BAD_USER_NAME_OR_PASSWORD = 4;
const NOT_AUTHORIZED = 5;

/**
 * Reads the users and the rules.
 *
 * @throws {TypeError} If a rule has an invalid filter or an unknown user.
 */
export function createAccess(options: BrokerOptions): Access {
  const { users = {}, rules } = options;
  const mayPublish = judge(rules, "publish", users);
  const maySubscribe = judge(rules, "subscribe", users);
  return { connect: checkPasswords(users), mayPublish, maySubscribe };
}

function checkPasswords(users: Record<string, string>): Access["connect"] {
  // Hashes are equally long and keyed anew in each process, so the time that a
  // comparison takes says nothing about the password.
  const key = randomBytes(32);
  const hash = (password: string | Uint8Array) =>
    createHmac("sha256", key).update(password).digest();
  const hashes = new Map(
    Object.entries(users).map(([name, password]) => [name, hash(password)]),
  );
  const nobody = randomBytes(32);
  return (user, password) => {
    if (hashes.size === 0) return 0;
    if (user === undefined) return NOT_AUTHORIZED;
    const expected = hashes.get(user) ?? nobody;
    const isRight = timingSafeEqual(
      hash(password ?? new Uint8Array()),
      expected,
    );
    return isRight ? 0 : BAD_USER_NAME_OR_PASSWORD;
  };
}

function judge(
  rules: readonly TopicRule[] | undefined,
  right: "publish" | "subscribe",
  users: Record<string, string>,
): (user: string | undefined, topic: string) => boolean {
  if (rules === undefined) return () => true;
  const allowed = rules.flatMap((rule) => {
    if (rule.user !== undefined && !Object.hasOwn(users, rule.user)) {
      throw new TypeError(
        `Topic rule is for the user "${rule.user}": it must name one of the users`,
      );
    }
    return (rule[right] ?? []).map((filter) => {
      assertTopicFilter(filter);
      return { user: rule.user, levels: filter.split("/") };
    });
  });
  return (user, topic) => {
    const levels = topic.split("/");
    return allowed.some((rule) =>
      (rule.user === undefined || rule.user === user) &&
      covers(rule.levels, levels)
    );
  };
}
