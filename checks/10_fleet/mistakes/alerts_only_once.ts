/** Breaks `alerts-again`: forgets that a device may fall again. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const alerted = new Set<string>();
const recovered = new Set<string>();
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, number }) => {
  const [, device = ""] = topic.split("/");
  if (number < 20 && !alerted.has(device)) {
    alerted.add(device);
    console.log(`Alert: ${device} is at ${number} %`);
  }
  if (number > 25 && alerted.has(device) && !recovered.has(device)) {
    recovered.add(device);
    console.log(`Recovered: ${device} is at ${number} %`);
  }
});
