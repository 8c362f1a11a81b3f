/** Breaks `returns`: says that it is there at the first connection only. */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { StopSignal } from "../../lib/mod.ts";

const [name = ""] = Deno.args;
const topic = `devices/${name}/status`;
const kept = { qos: 1, retain: true } as const;

using stop = new StopSignal();
try {
  await using client = await connect(brokerUrl(), {
    will: { topic, payload: "offline", ...kept },
    timeout: Infinity,
    signal: stop.signal,
  });

  const announce = () => client.publish(topic, "online", kept);
  announce();
  await Promise.race([stop.requested, client.refused]);

  client.publish(topic, "offline", kept);
} catch (error) {
  exitWithError(error);
}
