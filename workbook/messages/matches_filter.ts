/**
 * Whether a topic filter matches a topic's name (MQTT 3.1.1 section 4.7). A first
 * level that begins with `$` is not matched by a wildcard.
 */
export function matchesFilter(filter: string, topic: string): boolean {
  if (topic.startsWith("$") && /^[+#]/.test(filter)) return false;
  const levels = topic.split("/");
  const wanted = filter.split("/");
  for (const [index, level] of wanted.entries()) {
    if (level === "#") return true;
    if (level !== "+" && level !== levels[index]) return false;
  }
  return wanted.length === levels.length;
}
