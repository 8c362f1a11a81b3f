/** A level of topics or filters, and what stands for the one that ends here. */
interface Node<T> {
  levels: Map<string, Node<T>>;
  value: T | undefined;
}

/** After so many steps a search lets others have their turn. */
const STEPS = 2_000;

/**
 * What stands for topics or topic filters, in a tree: a level of the topic for a
 * level of the tree, so that a search doesn't look at all the others. All are cut
 * at their slashes beforehand; the rules are those of MQTT 3.1.1 section 4.7.
 */
export class LevelTree<T> {
  readonly #root: Node<T> = createNode();

  get(levels: readonly string[]): T | undefined {
    let node: Node<T> | undefined = this.#root;
    for (const level of levels) node = node?.levels.get(level);
    return node?.value;
  }

  set(levels: readonly string[], value: T): void {
    let node = this.#root;
    for (const level of levels) {
      let next = node.levels.get(level);
      if (next === undefined) node.levels.set(level, next = createNode());
      node = next;
    }
    node.value = value;
  }

  /** Takes out what stands there, and what only that needed. */
  delete(levels: readonly string[]): void {
    const path = [this.#root];
    for (const level of levels) {
      const next = path.at(-1)!.levels.get(level);
      if (next === undefined) return;
      path.push(next);
    }
    path.at(-1)!.value = undefined;
    for (let depth = levels.length; depth > 0; depth--) {
      const node = path[depth]!;
      if (node.levels.size > 0 || node.value !== undefined) return;
      path[depth - 1]!.levels.delete(levels[depth - 1]!);
    }
  }

  /** All that stands somewhere. */
  values(): T[] {
    const nodes = [this.#root];
    // It grows while it is gone through.
    for (const { levels } of nodes) {
      for (const node of levels.values()) nodes.push(node);
    }
    return nodes.flatMap(({ value }) => value ?? []);
  }

  /** What stands for the filters that match a topic. */
  matching(topic: readonly string[]): T[] {
    const found: (T | undefined)[] = [];
    // Section 4.7.2: a leading wildcard leaves topics such as $SYS/… alone.
    const isReserved = topic[0]!.startsWith("$");
    let nodes = [this.#root];
    for (const [index, level] of topic.entries()) {
      const next: (Node<T> | undefined)[] = [];
      for (const { levels } of nodes) {
        next.push(levels.get(level));
        if (index === 0 && isReserved) continue;
        next.push(levels.get("+"));
        found.push(levels.get("#")?.value);
      }
      nodes = next.filter((node) => node !== undefined);
    }
    // `a/#` matches `a` too.
    for (const { value, levels } of nodes) {
      found.push(value, levels.get("#")?.value);
    }
    return found.filter((value) => value !== undefined);
  }

  /**
   * What stands for the topics that a filter lets through. `undefined` comes now
   * and then, to let others have their turn.
   */
  *matched(filter: readonly string[]): Generator<T | undefined> {
    /** For each level of the tree what is yet to be looked at, and from where. */
    const path = [{ nodes: [this.#root].values() as Iterator<Node<T>>, at: 0 }];
    for (let steps = 1; path.length > 0; steps++) {
      if (steps % STEPS === 0) yield undefined;
      const { nodes, at } = path.at(-1)!;
      const { value: node, done } = nodes.next();
      if (done) {
        path.pop();
        continue;
      }
      const level = filter[at];
      const isEnd = level === undefined || level === "#";
      if (isEnd && node.value !== undefined) yield node.value;
      if (level === undefined) continue;
      const isWild = level === "#" || level === "+";
      const isRoot = path.length === 1;
      const below = isWild ? all(node, isRoot) : one(node, level);
      path.push({ nodes: below, at: level === "#" ? at : at + 1 });
    }
  }
}

function createNode<T>(): Node<T> {
  return { levels: new Map(), value: undefined };
}

function* one<T>({ levels }: Node<T>, level: string): Generator<Node<T>> {
  const node = levels.get(level);
  if (node !== undefined) yield node;
}

function* all<T>({ levels }: Node<T>, isRoot: boolean): Generator<Node<T>> {
  for (const [level, node] of levels) {
    if (!isRoot || !level.startsWith("$")) yield node;
  }
}
