/**
 * @title Let a message expire
 * @difficulty advanced
 * @tags MQTT 5, message expiry interval, retain
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_expiry.ts
 *
 * Who comes late doesn't want stale news. In MQTT 5 a message can say for how
 * many seconds the broker may still deliver it.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { requireMqtt5 } from "./_require_mqtt5.ts";

await requireMqtt5();
try {
  await using client = await connect(brokerUrl(), { protocolVersion: 5 });

  // Two retained messages: one is good for a second, and one for a minute.
  await client.publishAsync("iot/short", "on", {
    qos: 1,
    retain: true,
    properties: { messageExpiryInterval: 1 },
  });
  await client.publishAsync("iot/long", "on", {
    qos: 1,
    retain: true,
    properties: { messageExpiryInterval: 60 },
  });
  await new Promise((resolve) => setTimeout(resolve, 2500));

  // Come late. The first one is gone, and the second says what is left of its
  // minute.
  const longCame = Promise.withResolvers<void>();
  client.on("message", (topic, payload, { properties }) => {
    const left = properties?.messageExpiryInterval;
    console.log(`${topic}: ${payload}, good for ${left} s more`);
    longCame.resolve();
  });
  await client.subscribeAsync(["iot/short", "iot/long"]);
  await longCame.promise;

  // Nobody needs it any more: clear it.
  await client.unsubscribeAsync("iot/long");
  await client.publishAsync("iot/long", "", { qos: 1, retain: true });
} catch (error) {
  exitWithError(error);
}
