/**
 * @title The complete client
 * @difficulty intermediate
 * @tags connect, subscribe, publish, disconnect, callbacks
 * @run deno run --allow-env --allow-net lessons/04_complete_client/complete_client.ts
 *
 * Subscribes to three topics, waits until the broker has acknowledged each,
 * publishes a message on each, waits until all are back, and disconnects.
 */
import mqtt, { type ClientSubscribeCallback } from "mqtt";
import { brokerAddress, exitWithError, printable } from "../../lib/mod.ts";
import { StopSignal, tracePackets } from "../../lib/mod.ts";

const unacknowledged = new Set(["hello", "temperature", "humidity"]);
const missing = new Set(unacknowledged);
const complete = Promise.withResolvers<void>();

try {
  // on_connect, on_message and on_disconnect are events of the client.
  const client = tracePackets(mqtt.connect(brokerAddress().url));
  client.on("connect", ({ returnCode }) => {
    console.log(`Connection returned with result code: ${returnCode}`);
  });
  client.on("message", (topic, payload) => {
    const [name, text] = [topic, String(payload)].map(printable);
    console.log(`Received message, topic: ${name} payload: ${text}`);
    if (missing.delete(topic) && missing.size === 0) complete.resolve();
  });
  client.on("close", () => {
    const result = client.disconnecting ? 0 : 7;
    console.log(`Disconnection returned result: ${result}`);
  });
  client.on("error", exitWithError);

  // on_subscribe: strike off what the broker has granted. Publish once nothing
  // is left: only then is it certain that all will come back.
  const onSubscribe: ClientSubscribeCallback = (error, granted = []) => {
    if (error) exitWithError(error);
    for (const { topic } of granted) unacknowledged.delete(topic);
    if (unacknowledged.size > 0) return;
    client.publish("hello", "Hello world!", onPublish);
    client.publish("temperature", "24.0", onPublish);
    client.publish("humidity", "65%", onPublish);
  };
  // on_publish: the message has left, or it can't.
  const onPublish = (error?: Error) => error && exitWithError(error);

  // Subscribe to a single topic, then to two in one packet.
  client.subscribe("hello", { qos: 0 }, onSubscribe);
  client.subscribe(["temperature", "humidity"], { qos: 0 }, onSubscribe);

  // Wait until all have come back, at most 5 seconds. Say goodbye, if connected.
  const late = AbortSignal.timeout(5000);
  using stop = new StopSignal(late);
  await Promise.race([complete.promise, stop.requested]);
  await client.endAsync(!client.connected);
  if (late.aborted) exitWithError(`Missing: ${[...missing].join(", ")}`);
} catch (error) {
  exitWithError(error);
}
