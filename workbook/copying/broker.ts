/**
 * A broker for the programs here, on this machine only, until Ctrl-C.
 *
 * Run: deno run --allow-env --allow-net broker.ts
 */
import { exitWithError, startBroker, StopSignal } from "../../lib/mod.ts";

// Who may come in, by password. As long as nobody stands here, everyone.
const users: Record<string, string> = {};

using stop = new StopSignal();
try {
  await using broker = await startBroker({ users });
  console.log(`Broker at ${broker.url}, Ctrl-C ends it`);
  await stop.requested;
} catch (error) {
  exitWithError(error);
}
