/** Breaks `disconnects`: leaves it to the will to say goodbye. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

Deno.addSignalListener("SIGINT", () => Deno.exit(0));
await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`\t\t${text}`),
  false,
  { will: { topic: "exercice3", payload: "10.10.10.23 a quitté" } },
);
