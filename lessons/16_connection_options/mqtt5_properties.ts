/**
 * @title Send properties along, and read reason codes
 * @difficulty advanced
 * @tags MQTT 5, user properties, content type, reason code
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_properties.ts
 *
 * In MQTT 5 a message has properties beside its payload, and an answer says not
 * only that something is done, but also how it went.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { requireMqtt5 } from "./_require_mqtt5.ts";

const TOPIC = "iot/user1/temp";

await requireMqtt5();
try {
  await using client = await connect(brokerUrl(), { protocolVersion: 5 });

  // The payload is the number alone. Whose it is, and of which unit, stands
  // beside it, under names that we choose.
  const message = {
    qos: 1,
    properties: {
      contentType: "text/plain",
      userProperties: { sensor: "DHT22", unit: "°C" },
    },
  } as const;
  const messageCame = Promise.withResolvers<void>();
  client.on("message", (topic, payload, { properties }) => {
    const { sensor, unit } = properties?.userProperties ?? {};
    console.log(`${topic}: ${payload} ${unit}, ${sensor}`);
    console.log(`content type ${properties?.contentType}`);
    messageCame.resolve();
  });

  // Each PUBACK brings a reason code. 0 is success; 16 is success, too, but
  // nobody has subscribed to the topic.
  client.on("packetreceive", (packet) => {
    if (packet.cmd !== "puback") return;
    console.log(`PUBACK with reason code ${packet.reasonCode ?? 0}`);
  });
  await client.publishAsync(TOPIC, "21", message);
  await client.subscribeAsync(TOPIC);
  await client.publishAsync(TOPIC, "22", message);
  await messageCame.promise;
} catch (error) {
  exitWithError(error);
}
