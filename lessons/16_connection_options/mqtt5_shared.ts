/**
 * @title Share the readings among several receivers
 * @difficulty advanced
 * @tags MQTT 5, shared subscription, QoS 1, PUBACK
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_shared.ts
 *
 * Where one receiver is too slow, several share a subscription: each message goes
 * to one of them. Here one is killed, and the other gets what it leaves behind.
 */
import { brokerUrl, exitWithError } from "../../lib/mod.ts";
import { publishMany, subscribe } from "../../lib/mod.ts";

const READINGS = Array.from({ length: 20 }, (_, index) => index + 1);
const missing = new Set(READINGS);
const allCame = Promise.withResolvers<void>();

/** Joins the group `recorders`, and is stuck for ever after so many readings. */
async function join(most: number) {
  const recorded: number[] = [];
  const stuck = Promise.withResolvers<void>();
  const { client } = await subscribe(
    brokerUrl(),
    ["$share/recorders/iot/user1/temp", 1],
    async ({ number }) => {
      // A reading takes its time, and is acknowledged only after this has ended.
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (recorded.length === most) await new Promise(() => stuck.resolve());
      recorded.push(number);
      missing.delete(number);
      if (missing.size === 0) allCame.resolve();
    },
    false,
    { protocolVersion: 5, log: () => {} },
  );
  return { client, recorded, isStuck: stuck.promise };
}

try {
  // The first one is stuck with its fourth reading, and others wait behind it.
  const first = await join(3);
  const second = await join(Infinity);
  const topic = "iot/user1/temp";
  const toMessage = (payload: number) => ({ topic, payload, qos: 1 as const });
  await publishMany(brokerUrl(), READINGS.map(toMessage));

  // Kill it: no DISCONNECT, no PUBACK. Its session ends with its connection, and
  // what it had not acknowledged goes to the second one. Not every broker does so.
  await first.isStuck;
  first.client.stream.destroy();
  await first.client.close();
  const timer = setTimeout(allCame.resolve, 3000);
  await allCame.promise;
  clearTimeout(timer);
  await second.client.close();
  console.log(`first: ${first.recorded.join(" ")}`);
  console.log(`second: ${second.recorded.join(" ")}`);
  console.log(`missing: ${[...missing].join(" ") || "none"}`);
} catch (error) {
  exitWithError(error);
}
