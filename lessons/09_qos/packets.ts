/**
 * @title Watch the packets behind each QoS
 * @difficulty intermediate
 * @tags QoS, PUBACK, PUBREC, PUBREL, PUBCOMP, packetsend, packetreceive
 * @run deno run --allow-env --allow-net lessons/09_qos/packets.ts
 *
 * Publishes the same message at QoS 0, 1 and 2, and shows each packet that
 * goes out (→) and comes in (←), and when the message counts as published.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

const TOPIC = "test";

try {
  await using client = await connect(brokerUrl());

  // 1. MQTT.js tells of each packet, before it leaves and once it has come.
  client.on("packetsend", ({ cmd }) => console.log("→", cmd.toUpperCase()));
  client.on("packetreceive", ({ cmd }) => console.log("←", cmd.toUpperCase()));

  for (const qos of [0, 1, 2] as const) {
    console.log(`QoS ${qos}`);

    // 2. At await, the program waits for what this QoS calls published: that
    // the packet is on its way, or that the broker has answered.
    await client.publishAsync(TOPIC, "Voici un message", { qos });

    // 3. paho numbers its messages from 1. At QoS 0 the number isn't even in
    // the packet, so here the program counts by itself.
    console.log(`Envoi confirmé message #${qos + 1}`);
  }
} catch (error) {
  exitWithError(error);
}
