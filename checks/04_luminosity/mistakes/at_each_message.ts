/** Breaks `regular` in `subscriber`: prints whenever a message comes. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const last = new Map<string, number>();
await subscribe(brokerUrl(), "/ex4/+", ({ topic, number }) => {
  last.set(topic.slice(5), number);
  const [max] = [...last].sort(([, x], [, y]) => y - x);
  let sum = 0;
  for (const percent of last.values()) sum += percent;
  console.log(`Max: ${max?.[0]} (${max?.[1]})`);
  console.log(`Moy: ${(sum / last.size).toFixed(2)}\n-------------`);
});
