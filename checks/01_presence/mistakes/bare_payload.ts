/** Breaks `prints`: prints the message without "Reçu: ". */
import { brokerUrl, subscribe } from "../../lib/mod.ts";

const subscription = await subscribe(
  brokerUrl(),
  "exercice1",
  ({ text }) => console.log(text),
  false,
);
subscription.client.publish("exercice1", "10.10.10.23 connecté");
