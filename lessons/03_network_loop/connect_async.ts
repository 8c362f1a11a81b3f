/**
 * @title Connect without waiting
 * @difficulty intermediate
 * @tags connect_async, mqtt.connect, events
 * @run deno run --allow-env --allow-net lessons/03_network_loop/connect_async.ts
 *
 * MQTT.js's own `connect` returns at once, like paho's `connect_async()`. The
 * numbers show in which order things happen.
 */
import mqtt from "mqtt";
import { brokerAddress, exitWithError, tracePackets } from "../../lib/mod.ts";

const TOPIC = "paho/temperature";

try {
  // This only makes a client. Nothing has been sent yet, not even CONNECT.
  // tracePackets() shows its packets, if --trace asks for them.
  const client = tracePackets(mqtt.connect(brokerAddress().url));
  console.log(`1. mqtt.connect() is back, connected: ${client.connected}`);

  // What happens later calls us. An error that nobody listens for would end the
  // program with a stack trace.
  client.on("error", exitWithError);
  client.on("connect", () => {
    console.log(`4. The broker has answered, connected: ${client.connected}`);
    client.end();
  });

  // Publishing doesn't wait either. The message stands in a queue, and leaves as
  // soon as the broker has answered.
  client.publish(TOPIC, "21.5");
  console.log("2. publish() is back, the message waits in a queue");
} catch (error) {
  exitWithError(error);
}

// The network gets its turn only after the last line of the program.
console.log("3. The main program has come to its last line");
