/** Breaks `leaves`: ends without DISCONNECT, and so the will is published, too. */
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
  client.on("connect", announce);
  announce();
  await Promise.race([stop.requested, client.refused]);

  await client.publishAsync(topic, "offline", kept);
  Deno.exit(0);
} catch (error) {
  exitWithError(error);
}
