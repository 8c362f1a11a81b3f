import { Buffer } from "node:buffer";
import { createTally } from "../tally.ts";
import type { Limits } from "../limits.ts";
import { type Message, sizeOf } from "./message.ts";

/** Where retained messages outlive the broker, with a store. */
export interface RetainedRecords {
  retain(message: Message): void;
  clear(topic: string): void;
}

/** A retained message, with its place among all that were kept. */
export interface Retained {
  readonly message: Message;
  readonly number: number;
}

/** A level of topics, and what is kept of the topic that ends here. */
interface Node {
  levels: Map<string, Node>;
  retained: Retained | undefined;
}

/** What a search has yet to look at: nodes, for the filter from a level on. */
interface Step {
  nodes: Iterator<Node>;
  index: number;
}

/** After so many steps a search lets others have their turn. */
const STEPS = 2_000;

/**
 * The last message of each topic that asked for it. They stand in a tree, a level
 * of the topic for a level of the tree, so that a filter is not compared with all
 * topics.
 */
export class RetainedMessages {
  readonly #root = createNode();
  readonly #limits: Limits;
  readonly #records: RetainedRecords | undefined;
  readonly #refuse: () => void;
  /** How many have been kept so far. */
  #lastNumber = 0;
  #count = 0;
  #bytes = 0;

  constructor(
    limits: Limits,
    { records, log }: {
      records?: RetainedRecords | undefined;
      log: (line: string) => void;
    },
  ) {
    this.#limits = limits;
    this.#records = records;
    this.#refuse = createTally((count) =>
      log(
        `Retained messages not kept so far: ${count} (maxRetainedMessages is ${limits.maxRetainedMessages}, maxRetainedBytes ${limits.maxRetainedBytes})`,
      )
    );
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** The number of the one that was kept last. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** Takes a message that is to be kept; an empty one takes the last one away. */
  take(message: Message): void {
    if (message.payload.length === 0) {
      if (this.#delete(message.topic.levels)) {
        this.#records?.clear(message.topic.text);
      }
    } else if (this.#hasRoomFor(message)) {
      // A small payload would keep the whole chunk that it came in.
      const payload = Buffer.from(message.payload);
      const properties = Buffer.from(message.properties);
      const own = { ...message, payload, properties, packet: undefined };
      this.put(own);
      this.#records?.retain(own);
    } else {
      this.#refuse();
    }
  }

  /** Keeps a message, without a look at the limits or the store. */
  put(message: Message): void {
    let node = this.#root;
    for (const level of message.topic.levels) {
      let next = node.levels.get(level);
      if (next === undefined) node.levels.set(level, next = createNode());
      node = next;
    }
    this.#uncount(node);
    node.retained = { message, number: ++this.#lastNumber };
    if (!isCounted(message)) return;
    this.#count++;
    this.#bytes += sizeOf(message);
  }

  /** Whether a message is still the last one of its topic. */
  isCurrent({ message, number }: Retained): boolean {
    const node = this.#find(message.topic.levels);
    return node?.retained?.number === number;
  }

  /**
   * Finds the messages that a filter lets through (MQTT 3.1.1 section 4.7), cut
   * at its slashes. `undefined` comes now and then, to let others have their
   * turn.
   */
  *match(filter: readonly string[]): Generator<Retained | undefined> {
    const steps: Step[] = [{ nodes: [this.#root].values(), index: 0 }];
    for (let count = 1; steps.length > 0; count++) {
      if (count % STEPS === 0) yield undefined;
      const { nodes, index } = steps.at(-1)!;
      const { value: node, done } = nodes.next();
      if (done) {
        steps.pop();
        continue;
      }
      const isRoot = steps.length === 1;
      const level = filter[index];
      // `a/#` matches `a` too.
      const isEnd = level === undefined || level === "#";
      if (isEnd && node.retained !== undefined) yield node.retained;
      if (level === undefined) continue;
      if (level === "#") {
        steps.push({ nodes: below(node, isRoot), index });
      } else if (level === "+") {
        steps.push({ nodes: below(node, isRoot), index: index + 1 });
      } else {
        const next = node.levels.get(level);
        if (next !== undefined) {
          steps.push({ nodes: [next].values(), index: index + 1 });
        }
      }
    }
  }

  #hasRoomFor(message: Message): boolean {
    const { maxRetainedMessages, maxRetainedBytes } = this.#limits;
    const last = this.#find(message.topic.levels)?.retained?.message;
    const hasPlace = last !== undefined || this.#count < maxRetainedMessages;
    const growth = sizeOf(message) - (last === undefined ? 0 : sizeOf(last));
    return hasPlace && this.#bytes + growth <= maxRetainedBytes;
  }

  #find(levels: readonly string[]): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const level of levels) node = node?.levels.get(level);
    return node;
  }

  #delete(levels: readonly string[]): boolean {
    const path = [this.#root];
    for (const level of levels) {
      const next = path.at(-1)!.levels.get(level);
      if (next === undefined) return false;
      path.push(next);
    }
    const isKept = this.#uncount(path.at(-1)!);
    for (let depth = levels.length; depth > 0; depth--) {
      const node = path[depth]!;
      if (node.levels.size > 0 || node.retained !== undefined) break;
      path[depth - 1]!.levels.delete(levels[depth - 1]!);
    }
    return isKept;
  }

  #uncount(node: Node): boolean {
    if (node.retained === undefined) return false;
    const { message } = node.retained;
    node.retained = undefined;
    if (!isCounted(message)) return true;
    this.#count--;
    this.#bytes -= sizeOf(message);
    return true;
  }
}

/** Clients have no part in what the broker says of itself. */
function isCounted({ topic }: Message): boolean {
  return topic.levels[0] !== "$SYS";
}

function createNode(): Node {
  return { levels: new Map(), retained: undefined };
}

/** What a wildcard matches: on the first level nothing that begins with a $. */
function* below({ levels }: Node, isRoot: boolean): Generator<Node, undefined> {
  for (const [level, node] of levels) {
    if (!isRoot || !level.startsWith("$")) yield node;
  }
}
