/** Breaks `names` in `subscriber`: takes letters and digits only for a name. */
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
  const [, name = ""] = /^\/ex4\/(\w+)/.exec(topic) ?? [];
  last.set(name, number);
});
