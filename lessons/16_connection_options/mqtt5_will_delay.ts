/**
 * @title Give a client time to come back before its will
 * @difficulty advanced
 * @tags MQTT 5, will delay interval, session expiry interval
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_will_delay.ts
 *
 * A connection that breaks for a moment is no death. In MQTT 5 the broker can
 * wait before it publishes the will, and forgets it if the client returns.
 */
import mqtt from "mqtt";
import { Buffer } from "node:buffer";
import { brokerUrl, exitWithError } from "../../lib/mod.ts";
import { subscribe, tracePackets } from "../../lib/mod.ts";
import { requireMqtt5 } from "./_require_mqtt5.ts";

/** Connects a gate that leaves a will with a delay of a second. */
async function openGate(clientId: string) {
  const client = tracePackets(mqtt.connect(brokerUrl(), {
    protocolVersion: 5,
    clientId,
    clean: false,
    reconnectPeriod: 0,
    // When the session ends, the will comes at once: so the session lasts longer.
    properties: { sessionExpiryInterval: 10 },
    will: {
      topic: `iot/${clientId}/status`,
      payload: Buffer.from("died"),
      qos: 1,
      retain: false,
      properties: { willDelayInterval: 1 },
    },
  }));
  client.on("error", exitWithError);
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  return client;
}

await requireMqtt5();
const willCame = Promise.withResolvers<void>();
await using _watcher = await subscribe(
  brokerUrl(),
  "iot/+/status",
  ({ topic, text }) => {
    console.log(`${topic}: ${text}`);
    willCame.resolve();
  },
  false,
).catch(exitWithError);

// Both gates are cut off. The first one comes back at once, the second doesn't.
(await openGate("returning")).stream.destroy();
const returned = await openGate("returning");
(await openGate("gone")).stream.destroy();
await willCame.promise;
await returned.endAsync();
