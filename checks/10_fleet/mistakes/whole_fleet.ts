/** Breaks `only-battery`: takes every message of the fleet for a battery's. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const low = new Set<string>();
await subscribe(brokerUrl(), "fleet/#", ({ topic, number }) => {
  const [, device = ""] = topic.split("/");
  if (number < 20 && !low.has(device)) {
    low.add(device);
    console.log(`Alert: ${device} is at ${number} %`);
  } else if (number > 25 && low.delete(device)) {
    console.log(`Recovered: ${device} is at ${number} %`);
  }
});
