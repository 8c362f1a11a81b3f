/**
 * @title Share the readings among several receivers
 * @difficulty advanced
 * @tags MQTT 5, shared subscription, QoS 1, PUBACK
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_shared.ts
 *
 * Where one receiver is too slow, several share a subscription: each message goes
 * to one of them. Here one is killed, and the other gets what it leaves behind.
 */
import { brokerUrl, exitWithError, type OnMessage } from "../../lib/mod.ts";
import { publishMany, subscribe } from "../../lib/mod.ts";

const READINGS = Array.from({ length: 20 }, (_, index) => index + 1);
const recorded = { first: [] as number[], second: [] as number[] };
const missing = new Set(READINGS);

/** Joins the group `recorders`, which shares the topic iot/user1/temp. */
function join(onMessage: OnMessage) {
  const topic = ["$share/recorders/iot/user1/temp", 1] as const;
  const options = { protocolVersion: 5, log: () => {} } as const;
  return subscribe(brokerUrl(), topic, onMessage, false, options);
}

/** What a receiver does with a reading takes its time. */
const work = () => new Promise((resolve) => setTimeout(resolve, 20));

function record(name: "first" | "second", reading: number) {
  recorded[name].push(reading);
  missing.delete(reading);
}

try {
  // The first receiver records three readings. Then it has one in hand for ever,
  // which so is never acknowledged, and others wait behind it.
  const isStuck = Promise.withResolvers<void>();
  const first = await join(async ({ number }) => {
    await work();
    if (recorded.first.length < 3) return record("first", number);
    isStuck.resolve();
    await new Promise(() => {});
  });

  // The second one records whatever comes.
  const done = Promise.withResolvers<void>();
  await using _second = await join(async ({ number }) => {
    await work();
    record("second", number);
    if (missing.size === 0) done.resolve();
  });

  // Publish the readings, and kill the first receiver: no DISCONNECT, no PUBACK.
  const topic = "iot/user1/temp";
  await publishMany(
    brokerUrl(),
    READINGS.map((payload) => ({ topic, payload, qos: 1 })),
  );
  await isStuck.promise;
  first.client.stream.destroy();
  await first.client.close();

  // Its session has ended with its connection. What it had not acknowledged goes
  // to the second one, unless the broker hands nothing over.
  const timer = setTimeout(done.resolve, 3000);
  await done.promise;
  clearTimeout(timer);
  console.log(`first: ${recorded.first.join(" ")}`);
  console.log(`second: ${recorded.second.join(" ")}`);
  console.log(`missing: ${[...missing].join(" ") || "none"}`);
} catch (error) {
  exitWithError(error);
}
