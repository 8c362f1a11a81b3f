/** Breaks `announces`: the topic's name has an é. */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

await subscribe(
  brokerUrl(),
  "exercicé1",
  ({ text }, client) => {
    console.log(`Reçu: ${text}`);
    client.publish("exercicé1", "10.10.10.23 connecté");
  },
  true,
  { onSubscribe: () => {} },
);
