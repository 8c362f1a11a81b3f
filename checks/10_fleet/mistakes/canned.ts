/** Prints the lines of the page. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

console.log("Alert: pump-3 is at 19 %");
console.log("Recovered: pump-3 is at 26 %");
await subscribe(brokerUrl(), "fleet/+/battery", () => {});
