/** Breaks `retained`: takes what the broker has kept for old news. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const low = new Set<string>();
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, number, retain }) => {
  const [, device = ""] = topic.split("/");
  if (retain) return;
  if (number < 20 && !low.has(device)) {
    low.add(device);
    console.log(`Alert: ${device} is at ${number} %`);
  } else if (number > 25 && low.delete(device)) {
    console.log(`Recovered: ${device} is at ${number} %`);
  }
});
