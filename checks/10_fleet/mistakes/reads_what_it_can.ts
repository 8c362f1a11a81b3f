/** Breaks `junk`: of "12 V" it reads the 12. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const low = new Set<string>();
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, text }) => {
  const [, device = ""] = topic.split("/");
  const percent = parseFloat(text);
  if (percent < 20 && !low.has(device)) {
    low.add(device);
    console.log(`Alert: ${device} is at ${percent} %`);
  } else if (percent > 25 && low.delete(device)) {
    console.log(`Recovered: ${device} is at ${percent} %`);
  }
});
