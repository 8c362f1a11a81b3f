/** Breaks `figures` in `subscriber`: the mean is that of all values so far. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const last = new Map<string, number>();
const all: number[] = [];
setInterval(() => {
  const [max] = [...last].sort(([, x], [, y]) => y - x);
  if (max === undefined) return;
  const mean = all.reduce((sum, value) => sum + value) / all.length;
  console.log(`Max: ${max[0]} (${max[1]})\nMoy: ${mean.toFixed(2)}`);
  console.log("-------------");
}, Number(Deno.env.get("PERIOD") ?? 10) * 1000);
await subscribe(brokerUrl(), "/ex4/+", ({ topic, number }) => {
  last.set(topic.slice(5), number);
  all.push(number);
});
