import type { TopicNews } from "../protocol.ts";

/** A level of a topic, with what lies below it. */
export class TopicNode {
  /** This level's text; empty for the root, and for an empty level. */
  readonly level: string;
  /** The topic up to here. */
  readonly path: string;
  readonly parent: TopicNode | undefined;
  /** By level. */
  readonly children = new Map<string, TopicNode>();
  /** What came last on the topic that ends here, if there is one. */
  topic: TopicNews | undefined;
  /** Messages on this topic and on all below. */
  count = 0;
  /** The same in a second, since {@linkcode TopicTree.measure} was called last. */
  rate = 0;
  /** When the last of them came. */
  time = 0;
  #measured = 0;

  constructor(level: string, parent?: TopicNode) {
    this.level = level;
    this.parent = parent;
    this.path = parent?.parent === undefined
      ? level
      : `${parent.path}/${level}`;
  }

  /** Counts messages that are no part of the next rate. */
  takeEarlier(messages: number): void {
    this.count += messages;
    this.#measured += messages;
  }

  /** Takes the rate since it was taken last, `seconds` ago. */
  measure(seconds: number): void {
    this.rate = (this.count - this.#measured) / seconds;
    this.#measured = this.count;
  }
}

/** As many as the brokers allow that have a limit; each is a node, and a row. */
const MOST_LEVELS = 200;

/** A topic's levels; what is deeper than that is one level with the last. */
function levelsOf(topic: string): string[] {
  const levels = topic.split("/");
  if (levels.length <= MOST_LEVELS) return levels;
  const deepest = levels.splice(MOST_LEVELS - 1).join("/");
  return [...levels, deepest];
}

/**
 * The topics as a tree. Names are keys of maps only: a level may be called
 * `__proto__`.
 */
export class TopicTree {
  readonly root = new TopicNode("");
  readonly #byId = new Map<number, TopicNode>();
  #measuredAt: number | undefined;

  /** How many topics there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** All topics' nodes, the oldest first. */
  nodes(): Iterable<TopicNode> {
    return this.#byId.values();
  }

  /** The node of a topic, by its number. */
  get(id: number): TopicNode | undefined {
    return this.#byId.get(id);
  }

  /** The node of a topic, by its name. */
  find(topic: string): TopicNode | undefined {
    let node: TopicNode | undefined = this.root;
    for (const level of levelsOf(topic)) node = node?.children.get(level);
    return node;
  }

  /**
   * Takes what is new on a topic. Of one that wasn't known, only a message that came
   * after `since` is part of a rate: the others came before anyone looked.
   */
  take(news: TopicNews, since = 0): void {
    const known = this.#byId.get(news.id);
    const node = known ?? this.#add(news);
    const more = known
      ? news.count - (node.topic?.count ?? 0)
      : Math.min(news.count, news.time > since ? 1 : 0);
    const earlier = known ? 0 : news.count - more;
    node.topic = news;
    for (let at: TopicNode | undefined = node; at; at = at.parent) {
      at.takeEarlier(earlier);
      at.count += more;
      at.time = Math.max(at.time, news.time);
    }
  }

  /** Takes all rates anew, once a second or so. `now` is in milliseconds. */
  measure(now: number): void {
    const seconds = (now - (this.#measuredAt ?? now - 1000)) / 1000;
    if (seconds <= 0) return;
    this.#measuredAt = now;
    // No recursion: a stranger's topic may have thousands of levels.
    const waiting = [this.root];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      node.measure(seconds);
      for (const child of node.children.values()) waiting.push(child);
    }
  }

  #add({ id, name = "" }: TopicNews): TopicNode {
    let node = this.root;
    for (const level of levelsOf(name)) {
      let child = node.children.get(level);
      if (child === undefined) {
        child = new TopicNode(level, node);
        node.children.set(level, child);
      }
      node = child;
    }
    this.#byId.set(id, node);
    return node;
  }
}

/** More would be no help, and slow. */
const MOST = 50;

/** Topics to complete what is typed: those that begin so first, then that have it in them. */
export function suggestTopics(tree: TopicTree, typed: string): string[] {
  const beginning: string[] = [];
  const inside: string[] = [];
  for (const { path } of tree.nodes()) {
    if (path.startsWith(typed)) beginning.push(path);
    else if (inside.length < MOST && path.includes(typed)) inside.push(path);
    if (beginning.length === MOST) break;
  }
  return [...beginning, ...inside].slice(0, MOST);
}
