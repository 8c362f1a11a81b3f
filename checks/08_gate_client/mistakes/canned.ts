/** Prints what a gate would say without waiting for it. */
import { brokerUrl, publishOnce } from "../../lib/mod.ts";

await publishOnce(brokerUrl(), {
  topic: "tw/rocksaying/command",
  payload: "open",
  qos: 1,
});
console.log("opening");
console.log("opened");
