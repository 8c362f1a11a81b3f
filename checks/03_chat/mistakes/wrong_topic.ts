/** Breaks `prints`: the topic is the English word. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

await subscribe(
  brokerUrl(),
  "exercise3",
  ({ text }) => console.log(`\t\t${text}`),
);
