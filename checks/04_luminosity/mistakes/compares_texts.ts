/** Breaks `figures` in `subscriber`: as texts, "93" is more than "100". */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

let last: Record<string, string> = {};
setInterval(() => {
  const hosts = Object.keys(last);
  if (hosts.length === 0) return;
  let max = hosts[0]!;
  let sum = 0;
  for (const host of hosts) {
    if (last[host]! > last[max]!) max = host;
    sum += Number(last[host]);
  }
  console.log(`Max: ${max} (${last[max]})`);
  console.log(`Moy: ${(sum / hosts.length).toFixed(2)}\n-------------`);
  last = {};
}, Number(Deno.env.get("PERIOD") ?? 10) * 1000);
await subscribe(brokerUrl(), "/ex4/+", ({ topic, text }) => {
  last[topic.slice(5)] = text;
});
