/** Breaks `will`: nobody who comes later learns of the death. */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { StopSignal } from "../../lib/mod.ts";

const [name = ""] = Deno.args;
const topic = `devices/${name}/status`;
const kept = { qos: 1, retain: true } as const;

using stop = new StopSignal();
try {
  await using client = await connect(brokerUrl(), {
    will: { topic, payload: "offline", qos: 1 },
    timeout: Infinity,
    signal: stop.signal,
  });

  const announce = () => client.publish(topic, "online", kept);
  client.on("connect", announce);
  announce();
  await Promise.race([stop.requested, client.refused]);

  client.publish(topic, "offline", kept);
} catch (error) {
  exitWithError(error);
}
