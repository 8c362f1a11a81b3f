/** Breaks `devices`: one variable for all devices. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

let isLow = false;
await subscribe(brokerUrl(), "fleet/+/battery", ({ topic, number }) => {
  const [, device = ""] = topic.split("/");
  if (number < 20 && !isLow) {
    isLow = true;
    console.log(`Alert: ${device} is at ${number} %`);
  } else if (number > 25 && isLow) {
    isLow = false;
    console.log(`Recovered: ${device} is at ${number} %`);
  }
});
