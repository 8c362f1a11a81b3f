/** Breaks `alerts`: a * is no wildcard of MQTT. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

await subscribe(brokerUrl(), "fleet/*/battery", ({ topic, number }) => {
  const [, device = ""] = topic.split("/");
  if (number < 20) console.log(`Alert: ${device} is at ${number} %`);
});
