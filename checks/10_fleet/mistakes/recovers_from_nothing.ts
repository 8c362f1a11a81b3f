/** Breaks `recovers`: says of devices that never were low that they recovered. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const states = new Map<string, "low" | "well">();
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, number }) => {
  const [, device = ""] = topic.split("/");
  if (number < 20 && states.get(device) !== "low") {
    states.set(device, "low");
    console.log(`Alert: ${device} is at ${number} %`);
  } else if (number > 25 && states.get(device) !== "well") {
    states.set(device, "well");
    console.log(`Recovered: ${device} is at ${number} %`);
  }
});
