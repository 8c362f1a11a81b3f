/**
 * @title Keep a session while its client is away
 * @difficulty intermediate
 * @tags clean session, client id, session present, QoS
 * @run deno run --allow-env --allow-net lessons/16_connection_options/session.ts
 *
 * A session is what the broker knows of a client: its subscriptions, and what
 * waits for it. Unless it is clean, it outlives the connection.
 */
import mqtt from "mqtt";
import { brokerAddress, brokerUrl, connect } from "../../lib/mod.ts";
import { exitWithError, printable, tracePackets } from "../../lib/mod.ts";

const TOPIC = "iot/user1/temp";
const clientId = "recorder"; // The broker knows the session by it.
const lastCame = Promise.withResolvers<void>();
/** Enters the session, a new one or an old one, and prints what waits in it. */
async function enter() {
  // What waits comes right after CONNACK, so who listens must be there before
  // the connection is. mqtt.connect() gives us the client that early.
  const options = { clientId, clean: false, reconnectPeriod: 0 };
  const client = tracePackets(mqtt.connect(brokerAddress().url, options));
  client.on("error", exitWithError);
  client.on("packetreceive", (packet) => {
    if (packet.cmd !== "connack") return;
    console.log(`session present: ${packet.sessionPresent}`);
  });
  client.on("message", (topic, payload, { qos }) => {
    console.log(printable(`${topic} ${payload} (QoS ${qos})`));
    if (String(payload) === "23") lastCame.resolve();
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  return client;
}

try {
  // A clean session throws away what an earlier run has left.
  await (await connect(brokerUrl(), { clientId })).close();

  // Subscribe, and leave. The broker keeps the subscription.
  const before = await enter();
  await before.subscribeAsync(TOPIC, { qos: 1 });
  await before.endAsync();

  // Meanwhile someone publishes. The broker keeps what comes at QoS 1.
  await using publisher = await connect(brokerUrl());
  await publisher.publishAsync(TOPIC, "21", { qos: 1 });
  await publisher.publishAsync(TOPIC, "22", { qos: 0 });

  // Come back. Nobody subscribes again, and yet old and new messages arrive.
  const after = await enter();
  await publisher.publishAsync(TOPIC, "23", { qos: 1 });
  await lastCame.promise;
  await after.endAsync();

  // Nobody will come back again: end the session, so that nothing more waits.
  await (await connect(brokerUrl(), { clientId })).close();
} catch (error) {
  exitWithError(error);
}
