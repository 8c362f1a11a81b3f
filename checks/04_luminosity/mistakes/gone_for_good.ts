/** Breaks `comes-back` in `subscriber`: who has once been silent is shut out. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const period = Number(Deno.env.get("PERIOD") ?? 10) * 1000;
const last = new Map<string, { percent: number; at: number }>();
const gone = new Set<string>();
setInterval(() => {
  for (const [host, { at }] of last) {
    if (performance.now() - at < 1.5 * period) continue;
    gone.add(host);
    last.delete(host);
  }
  const [max] = [...last].sort(([, x], [, y]) => y.percent - x.percent);
  if (max === undefined) return;
  let sum = 0;
  for (const { percent } of last.values()) sum += percent;
  console.log(`Max: ${max[0]} (${max[1].percent})`);
  console.log(`Moy: ${(sum / last.size).toFixed(2)}\n-------------`);
}, period);
await subscribe(brokerUrl(), "/ex4/+", ({ topic, number: percent }) => {
  const host = topic.slice(5);
  if (!gone.has(host)) last.set(host, { percent, at: performance.now() });
});
