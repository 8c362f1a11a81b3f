/** Breaks `hysteresis`: 20 % isn't below 20 %, and 25 % isn't above 25 %. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const low = new Set<string>();
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, number }) => {
  const [, device = ""] = topic.split("/");
  if (number <= 20 && !low.has(device)) {
    low.add(device);
    console.log(`Alert: ${device} is at ${number} %`);
  } else if (number >= 25 && low.delete(device)) {
    console.log(`Recovered: ${device} is at ${number} %`);
  }
});
