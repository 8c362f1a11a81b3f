/** Breaks `alerts`: as texts, "100" is less than "20". */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const low = new Set<string>();
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, text }) => {
  const [, device = ""] = topic.split("/");
  if (text < "20" && !low.has(device)) {
    low.add(device);
    console.log(`Alert: ${device} is at ${text} %`);
  } else if (text > "25" && low.has(device)) {
    low.delete(device);
    console.log(`Recovered: ${device} is at ${text} %`);
  }
});
