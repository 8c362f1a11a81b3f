/**
 * @title Limit what the broker sends at once
 * @difficulty advanced
 * @tags MQTT 5, receive maximum, QoS 1, PUBACK
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_receive_maximum.ts
 *
 * The in-flight window limits what we send. In MQTT 5, a client can limit what is
 * sent to it, too.
 */
import { brokerUrl, exitWithError, publishMany } from "../../lib/mod.ts";
import { type OutgoingMessage, subscribe } from "../../lib/mod.ts";

const TOPIC = "iot/x";
const RECEIVE_MAXIMUM = 5;
const MESSAGES = 20;

try {
  // A handler that isn't done before we say so: until then, its client
  // acknowledges nothing.
  const done = Promise.withResolvers<void>();
  await using subscription = await subscribe(
    brokerUrl(),
    [TOPIC, 1],
    () => done.promise,
    false,
    {
      protocolVersion: 5,
      properties: { receiveMaximum: RECEIVE_MAXIMUM },
    },
  );

  // Count what comes at QoS 1. At QoS 0 nothing is in flight, and no limit holds
  // a message up: the one below tells us that the broker has sent what it may.
  let count = 0;
  const endCame = Promise.withResolvers<void>();
  subscription.client.on("packetreceive", (packet) => {
    if (packet.cmd !== "publish") return;
    if (packet.qos === 1) count++;
    else endCame.resolve();
  });
  const messages: OutgoingMessage[] = Array.from(
    { length: MESSAGES },
    (_, number) => ({ topic: TOPIC, payload: number, qos: 1 }),
  );
  await publishMany(brokerUrl(), [...messages, { topic: TOPIC, payload: "" }]);
  await endCame.promise;
  console.log(`${count} of ${MESSAGES} came, and none is acknowledged`);

  // Acknowledge, and leave.
  done.resolve();
} catch (error) {
  exitWithError(error);
}
