/** Breaks `will`: a crash is announced by nobody. */
import { brokerUrl, StopSignal, subscribe } from "../../lib/mod.ts";

using stop = new StopSignal();
await using subscription = await subscribe(
  brokerUrl(),
  "exercice3",
  ({ text }) => console.log(`\t\t${text}`),
  false,
);
await stop.requested;
await subscription.client.publishAsync("exercice3", "10.10.10.23 a quitté");
