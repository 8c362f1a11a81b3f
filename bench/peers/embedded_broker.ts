/** The toolkit's embedded broker in a process of its own, until it is killed. */
import { startBroker } from "../../lib/mod.ts";
import { print } from "./_job.ts";

// mosquitto runs without limits, too.
const limits = {
  maxMessageRate: Infinity,
  maxQueuedMessages: Infinity,
  maxQueuedBytes: Infinity,
};
const broker = await startBroker({ port: 0, limits });
print({ port: broker.port });
