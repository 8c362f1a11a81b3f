/**
 * @title A subscriber that runs as a service
 * @difficulty intermediate
 * @tags service, subscribe, reconnect, signals
 * @run deno run --allow-env --allow-net lessons/07_subscriber_service/subscriber.ts
 *
 * A service may start before its broker does, it outlives each restart of it,
 * and it leaves properly when the system asks it to.
 */
import { BrokerUnreachableError, brokerUrl } from "../../lib/mod.ts";
import { exitWithError, type Message, StopSignal } from "../../lib/mod.ts";
import { printable, subscribe, type Subscription } from "../../lib/mod.ts";

const ALL = "tw/rocksaying/#";
let service: Subscription | undefined;

function onMessage({ topic, text, qos }: Message): void {
  const [name, shown] = [topic, text].map(printable);
  console.log(`topic: ${name}\npayload: ${shown}\nqos: ${qos}`);
}

// From here on, SIGTERM, SIGQUIT and SIGINT (Ctrl-C) no longer kill the
// program: they abort this signal, and resolve `stop.requested`.
using stop = new StopSignal();
const { signal } = stop;
try {
  // Try once, to know whether the broker is there.
  const once = { retry: false, signal };
  service = await subscribe(brokerUrl(), ALL, onMessage, false, once)
    .catch((error) => {
      if (!(error instanceof BrokerUnreachableError)) throw error;
      console.log("MQTT Broker is not online. Connect later.");
      return undefined;
    });
  console.log("Looping...");

  // If it isn't, try for as long as it takes. From then on, what is lost, the
  // connection or the subscription, is restored by itself.
  const ever = { timeout: Infinity, signal };
  service ??= await subscribe(brokerUrl(), ALL, onMessage, false, ever);

  // Messages come in while we wait for the stop, or for a broker's refusal.
  await Promise.race([stop.requested, service.client.refused]);
} catch (error) {
  // A stop ends the waiting for the broker with an error, too. That one is fine.
  if (!signal.aborted) exitWithError(error);
}
console.log("quit mqtt thread");
await service?.close(); // Finishes what has arrived, and sends DISCONNECT.
console.log("exit program");
