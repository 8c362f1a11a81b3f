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
