import type { TopicTree } from "../topic_tree.ts";

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
