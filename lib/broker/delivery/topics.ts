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
