/** Breaks `dies`: says when it comes and goes, but nobody learns of its death. */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { StopSignal } from "../../lib/mod.ts";

const [name = ""] = Deno.args;
const topic = `devices/${name}/status`;
const kept = { qos: 1, retain: true } as const;

using stop = new StopSignal();
try {
  await using client = await connect(brokerUrl(), {
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
