/** Breaks `junk` in `subscriber`: takes every number for a percentage. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const last = new Map<string, number>();
setInterval(() => {
  const [max] = [...last].sort(([, x], [, y]) => y - x);
  if (max === undefined) return;
  let sum = 0;
  for (const percent of last.values()) sum += percent;
  console.log(`Max: ${max[0]} (${max[1]})`);
  console.log(`Moy: ${(sum / last.size).toFixed(2)}\n-------------`);
  last.clear();
}, Number(Deno.env.get("PERIOD") ?? 10) * 1000);
await subscribe(brokerUrl(), "/ex4/+", ({ topic, number }) => {
  last.set(topic.slice(5), number);
});
