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
import { type Message, printable } from "../../lib/mod.ts";
import { reasonWords, subscribe } from "../../lib/mod.ts";

const TOPIC = "iot/user1/temp";
const MQTT5 = { protocolVersion: 5 } as const;

try {
  // Each PUBACK brings a reason code.
  await using client = await connect(brokerUrl(), MQTT5);
  client.on("packetreceive", (packet) => {
    if (packet.cmd !== "puback") return;
    const { reasonCode = 0 } = packet;
    console.log(`PUBACK: ${reasonWords(reasonCode)} (${reasonCode})`);
  });

  // The payload is the number alone. Whose it is, and of which unit, stands
  // beside it, under names that we choose.
  const options = {
    qos: 1,
    properties: {
      contentType: "text/plain",
      userProperties: { sensor: "DHT22", unit: "°C" },
    },
  } as const;

  // Nobody has subscribed to the topic yet. That is success, too, but the code
  // says so.
  await client.publishAsync(TOPIC, "21", options);

  // Now somebody has.
  const came = Promise.withResolvers<Message>();
  await using _subscription = await subscribe(
    brokerUrl(),
    TOPIC,
    came.resolve,
    false,
    MQTT5,
  );
  await client.publishAsync(TOPIC, "22", options);
  const { topic, text, properties } = await came.promise;
  const { sensor, unit } = properties.userProperties ?? {};
  console.log(printable(`${topic}: ${text} ${unit}, ${sensor}`));
  console.log(printable(`content type ${properties.contentType}`));
} catch (error) {
  exitWithError(error);
}
