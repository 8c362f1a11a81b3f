/**
 * @title Let a message expire
 * @difficulty advanced
 * @tags MQTT 5, message expiry interval, retain
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_expiry.ts
 *
 * Who comes late doesn't want stale news. In MQTT 5 a message can say for how
 * many seconds the broker may still deliver it.
 */
import { brokerUrl, exitWithError, messages } from "../../lib/mod.ts";
import { printable, publishMany, publishOnce } from "../../lib/mod.ts";

const MQTT5 = { protocolVersion: 5 } as const;

try {
  // Two retained messages: one is good for a second, and one for a minute.
  const lamp = { payload: "on", qos: 1, retain: true } as const;
  await publishMany(brokerUrl(), [
    { ...lamp, topic: "iot/short", properties: { messageExpiryInterval: 1 } },
    { ...lamp, topic: "iot/long", properties: { messageExpiryInterval: 60 } },
  ], MQTT5);
  await new Promise((resolve) => setTimeout(resolve, 2500));

  // Come late. The first one is gone, and the second says what is left of its
  // minute.
  const topics = ["iot/short", "iot/long"];
  for await (const message of messages(brokerUrl(), topics, MQTT5)) {
    const left = message.properties.messageExpiryInterval;
    const [topic, text] = [message.topic, message.text].map(printable);
    console.log(`${topic}: ${text}, good for ${left} s more`);
    break;
  }

  // Nobody needs it any more: clear it.
  await publishOnce(brokerUrl(), { topic: "iot/long", qos: 1, retain: true });
} catch (error) {
  exitWithError(error);
}
