/** A level of topic filters, and what stands for the filters that end here. */
interface Node<T> {
  levels: Map<string, Node<T>>;
  values: Set<T>;
}

/**
 * Finds whose topic filters match a topic, without a look at all the others: the
 * filters stand in a tree, a level of the topic for a level of the tree.
 */
export class FilterTree<T> {
  readonly #root: Node<T> = createNode();

  /** Adds a filter, cut at its slashes, with whom it is for. */
  add(filter: readonly string[], value: T): void {
    let node = this.#root;
    for (const level of filter) {
      let next = node.levels.get(level);
      if (next === undefined) node.levels.set(level, next = createNode());
      node = next;
    }
    node.values.add(value);
  }

  /** Takes a filter out again, and what only it needed. */
  delete(filter: readonly string[], value: T): void {
    const path = [this.#root];
    for (const level of filter) {
      const next = path.at(-1)!.levels.get(level);
      if (next === undefined) return;
      path.push(next);
    }
    path.at(-1)!.values.delete(value);
    for (let depth = filter.length; depth > 0; depth--) {
      const { levels, values } = path[depth]!;
      if (levels.size > 0 || values.size > 0) return;
      path[depth - 1]!.levels.delete(filter[depth - 1]!);
    }
  }

  /**
   * Whom a message is for (MQTT 3.1.1 section 4.7), each once.
   *
   * @param topic The message's topic, cut at its slashes.
   */
  match(topic: readonly string[]): Set<T> {
    const found = new Set<T>();
    // Section 4.7.2: a leading wildcard leaves topics such as $SYS/… alone.
    const isReserved = topic[0]?.startsWith("$") ?? false;
    let nodes = [this.#root];
    for (const [index, level] of topic.entries()) {
      const next: Node<T>[] = [];
      for (const { levels } of nodes) {
        const exact = levels.get(level);
        if (exact !== undefined) next.push(exact);
        if (index === 0 && isReserved) continue;
        const any = levels.get("+");
        if (any !== undefined) next.push(any);
        addAll(found, levels.get("#"));
      }
      nodes = next;
    }
    for (const node of nodes) {
      addAll(found, node);
      // `a/#` matches `a` too.
      addAll(found, node.levels.get("#"));
    }
    return found;
  }
}

function createNode<T>(): Node<T> {
  return { levels: new Map(), values: new Set() };
}

function addAll<T>(found: Set<T>, node: Node<T> | undefined): void {
  for (const value of node?.values ?? []) found.add(value);
}
