/** Breaks `prints`: indents by blanks. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`    ${text}`),
);
