/** Breaks `first-report`: compares with a value before, which may be missing. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const before = new Map<string, number>();
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, number }) => {
  const [, device = ""] = topic.split("/");
  if (number < 20 && (before.get(device) ?? 0) >= 20) {
    console.log(`Alert: ${device} is at ${number} %`);
  }
  before.set(device, number);
});
