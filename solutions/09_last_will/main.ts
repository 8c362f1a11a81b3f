/**
 * Solution of exercise 09: a device whose status can be relied on.
 *
 * Run: deno run --allow-env --allow-net solutions/09_last_will/main.ts lamp
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { StopSignal } from "../../lib/mod.ts";

// A / would make another level of it, and + and # stand for any name.
const [name = ""] = Deno.args;
if (!/^[^/+#]+$/.test(name)) {
  console.error(`Name is "${name}": it must be given, without /, + and #`);
  Deno.exit(2);
}
const topic = `devices/${name}/status`;
// Retained, so that who comes later learns it, too. QoS 1, so that it isn't lost.
const kept = { qos: 1, retain: true } as const;

using stop = new StopSignal();
try {
  // 1. The will goes with CONNECT: from then on, the broker announces our death.
  await using client = await connect(brokerUrl(), {
    will: { topic, payload: "offline", ...kept },
    timeout: Infinity,
    signal: stop.signal,
  });

  // 2. Say that we are here, and again whenever the connection is back: by then,
  // the broker has published our will.
  const announce = () => client.publish(topic, "online", kept);
  client.on("connect", announce);
  announce();
  await Promise.race([stop.requested, client.refused]);

  // 3. At DISCONNECT the broker throws the will away, so we say it ourselves.
  // `await using` disconnects once this has arrived.
  client.publish(topic, "offline", kept);
} catch (error) {
  exitWithError(error);
}
