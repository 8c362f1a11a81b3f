/** Breaks `figures` in `subscriber`: the maximum never falls. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const last = new Map<string, number>();
let max = "";
let greatest = -1;
setInterval(() => {
  if (last.size === 0) return;
  let sum = 0;
  for (const percent of last.values()) sum += percent;
  console.log(`Max: ${max} (${greatest})`);
  console.log(`Moy: ${(sum / last.size).toFixed(2)}\n-------------`);
  last.clear();
}, Number(Deno.env.get("PERIOD") ?? 10) * 1000);
await subscribe(brokerUrl(), "/ex4/+", ({ topic, number }) => {
  const host = topic.slice(5);
  last.set(host, number);
  if (number > greatest) [max, greatest] = [host, number];
});
