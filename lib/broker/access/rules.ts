import type { TopicRule } from "../options.ts";
import { assertTopicFilter } from "../../topics.ts";

/** What one line of an ACL file says, or one filter of a {@linkcode TopicRule}. */
export interface AclEntry {
  /** Those it is for: all clients, or one user, or who hasn't logged in. */
  who: "everyone" | { user: string | undefined };
  /** What it allows or forbids. */
  access: "read" | "write" | "readwrite" | "deny";
  /** The topics that it is about. */
  filter: string;
  /** Whether `%u` and `%c` stand for the client's user and client id. */
  isPattern: boolean;
}

/** What one client may do. */
export interface Rights {
  /** Whether it may publish on a topic. */
  mayPublish(topic: string): boolean;
  /** Whether it may be sent the messages of a topic. */
  mayReceive(topic: string): boolean;
  /** Whether a filter lets through any topic that it may read. */
  maySubscribe(filter: string): boolean;
}

interface Step {
  levels: string[];
  isDenied: boolean;
}

/** The rights of everyone where there are no rules. */
export const ALL_RIGHTS: Rights = {
  mayPublish: () => true,
  mayReceive: () => true,
  maySubscribe: () => true,
};

/**
 * Reads the rules that a program gives.
 *
 * @throws {TypeError} If one has an invalid filter or an unknown user.
 */
export function readRules(
  rules: readonly TopicRule[],
  isUser: (name: string) => boolean,
): AclEntry[] {
  return rules.flatMap(({ user, publish = [], subscribe = [], deny = [] }) => {
    if (user !== undefined && !isUser(user)) {
      throw new TypeError(
        `Topic rule is for the user "${user}": it must name one of the users`,
      );
    }
    const who = user === undefined ? "everyone" : { user };
    const entry = (access: AclEntry["access"]) => (filter: string) => {
      assertTopicFilter(filter);
      const isPattern = /%[uc]/.test(filter);
      return { who, access, filter, isPattern } satisfies AclEntry;
    };
    return [
      ...publish.map(entry("write")),
      ...subscribe.map(entry("read")),
      ...deny.map(entry("deny")),
    ];
  });
}

/**
 * Works out what a client may do, as mosquitto does: what is for its user
 * counts before what is for everyone, and in each of the two what is denied
 * before what is allowed. All else is forbidden.
 */
export function rightsOf(
  entries: readonly AclEntry[],
  client: { user: string | undefined; clientId: string },
): Rights {
  const own = entries.filter(({ who }) =>
    who !== "everyone" && who.user === client.user
  );
  const general = entries.filter(({ who }) => who === "everyone");
  const ordered = [own, general].flatMap((part) => [
    ...part.filter(({ access }) => access === "deny"),
    ...part.filter(({ access }) => access !== "deny"),
  ]);
  const steps = (right: "read" | "write"): Step[] =>
    ordered.flatMap((entry) => {
      const isDenied = entry.access === "deny";
      if (!isDenied && !entry.access.includes(right)) return [];
      const filter = entry.isPattern ? fill(entry, client) : entry.filter;
      if (filter === undefined) return [];
      return [{ levels: filter.split("/"), isDenied }];
    });
  const [read, write] = [steps("read"), steps("write")];
  return {
    mayPublish: (topic) => isAllowed(write, topic),
    mayReceive: (topic) => isAllowed(read, topic),
    maySubscribe: (filter) => isAnyAllowed(read, filter),
  };
}

/**
 * Puts the client's names into a pattern. Whoever chooses a name mustn't choose
 * topics with it that the pattern doesn't mean.
 */
function fill(
  { filter, access }: AclEntry,
  { user, clientId }: { user: string | undefined; clientId: string },
): string | undefined {
  if (filter.includes("%u") && user === undefined) return undefined;
  // As in mosquitto, names with wildcards take part in no pattern.
  if (/[+#]/.test(clientId) || /[+#]/.test(user ?? "")) return undefined;
  const filled = filter.replace(
    /%[uc]/g,
    (name) => name === "%c" ? clientId : user!,
  );
  if (access === "deny") return filled;
  // mosquitto allows both: a name with a slash, which is one more level, and
  // one that makes of `%c/#` a `$SYS/#`.
  const hasMoreLevels = filled.split("/").length > filter.split("/").length;
  const isReserved = filled.startsWith("$") && !filter.startsWith("$");
  return hasMoreLevels || isReserved ? undefined : filled;
}

function isAllowed(steps: readonly Step[], topic: string): boolean {
  const levels = topic.split("/");
  const first = steps.find((step) => covers(step.levels, levels));
  return first !== undefined && !first.isDenied;
}

function isAnyAllowed(steps: readonly Step[], filter: string): boolean {
  const levels = filter.split("/");
  return steps.some((step, index) => {
    const both = step.isDenied ? undefined : intersect(step.levels, levels);
    return both !== undefined &&
      !steps.slice(0, index).some((earlier) =>
        earlier.isDenied && covers(earlier.levels, both)
      );
  });
}

/**
 * Whether a topic filter lets through all that another one does (MQTT 3.1.1
 * section 4.7). A topic name is a filter without wildcards, so this also tells
 * whether a filter matches a topic. Both are cut at their slashes beforehand.
 */
export function covers(
  filter: readonly string[],
  other: readonly string[],
): boolean {
  const isReserved = other[0]?.startsWith("$") ?? false;
  for (const [index, level] of filter.entries()) {
    // Section 4.7.2: a leading wildcard leaves topics such as $SYS/… alone.
    if (index === 0 && isReserved && (level === "#" || level === "+")) {
      return false;
    }
    // `a/#` matches `a` too, hence before looking at the other's level.
    if (level === "#") return true;
    const wanted = other[index];
    if (wanted === undefined || wanted === "#") return false;
    if (level !== "+" && level !== wanted) return false;
  }
  return filter.length === other.length;
}

/**
 * The topic filter that lets through what two others both do, if there is one
 * (MQTT 3.1.1 section 4.7). All three are cut at their slashes.
 */
export function intersect(
  one: readonly string[],
  other: readonly string[],
): string[] | undefined {
  const [first] = one;
  const [otherFirst] = other;
  if (isWildcard(first) && otherFirst?.startsWith("$")) return undefined;
  if (isWildcard(otherFirst) && first?.startsWith("$")) return undefined;
  const both: string[] = [];
  for (let index = 0;; index++) {
    const level = one[index];
    const otherLevel = other[index];
    // What `#` stands for may also be nothing.
    if (level === "#") return [...both, ...other.slice(index)];
    if (otherLevel === "#") return [...both, ...one.slice(index)];
    if (level === undefined && otherLevel === undefined) return both;
    if (level === undefined || otherLevel === undefined) return undefined;
    if (level !== "+" && otherLevel !== "+" && level !== otherLevel) {
      return undefined;
    }
    both.push(level === "+" ? otherLevel : level);
  }
}

function isWildcard(level: string | undefined): boolean {
  return level === "+" || level === "#";
}
