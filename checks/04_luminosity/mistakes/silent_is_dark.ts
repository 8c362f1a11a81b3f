/** Breaks `drops-out` in `subscriber`: a host that is silent counts as 0. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const last = new Map<string, number>();
setInterval(() => {
  const [max] = [...last].sort(([, x], [, y]) => y - x);
  if (max === undefined) return;
  let sum = 0;
  for (const percent of last.values()) sum += percent;
  console.log(`Max: ${max[0]} (${max[1]})`);
  console.log(`Moy: ${(sum / last.size).toFixed(2)}\n-------------`);
  for (const host of last.keys()) last.set(host, 0);
}, Number(Deno.env.get("PERIOD") ?? 10) * 1000);
await subscribe(brokerUrl(), "/ex4/+", ({ topic, number }) => {
  last.set(topic.slice(5), number);
});
