/** Breaks `hysteresis`: a device recovers as soon as it is at 20 %. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const low = new Set<string>();
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, number }) => {
  const [, device = ""] = topic.split("/");
  if (number < 20 && !low.has(device)) {
    low.add(device);
    console.log(`Alert: ${device} is at ${number} %`);
  } else if (number >= 20 && low.delete(device)) {
    console.log(`Recovered: ${device} is at ${number} %`);
  }
});
