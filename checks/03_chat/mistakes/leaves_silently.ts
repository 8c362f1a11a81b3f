/** Breaks `leaves`: disconnects without a word. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`\t\t${text}`),
  true,
);
