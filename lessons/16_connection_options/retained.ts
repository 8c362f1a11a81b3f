/**
 * @title Keep the last value for who comes later
 * @difficulty beginner
 * @tags retain, publish, subscribe
 * @run deno run --allow-env --allow-net lessons/16_connection_options/retained.ts
 *
 * The broker keeps the last retained message of each topic, and hands it to
 * everyone who subscribes later.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { printable, subscribe } from "../../lib/mod.ts";

const TOPIC = "iot/user1/lamp";

try {
  await using client = await connect(brokerUrl());

  /** Subscribes, and prints what comes, up to what isn't from before. */
  const comeLate = async (name: string) => {
    const liveCame = Promise.withResolvers<void>();
    await using _subscription = await subscribe(
      brokerUrl(),
      TOPIC,
      ({ text, retain }) => {
        console.log(`${name}: ${printable(text)} (retain ${retain})`);
        if (!retain) liveCame.resolve();
      },
      false,
    );
    await client.publishAsync(TOPIC, "blinking", { qos: 1 });
    await liveCame.promise;
  };

  // Of several retained messages, only the last is kept.
  await client.publishAsync(TOPIC, "on", { qos: 1, retain: true });
  await client.publishAsync(TOPIC, "off", { qos: 1, retain: true });

  // Who comes late learns at once that the lamp is off. The flag tells that this
  // is from before. What is published from then on comes without it.
  await comeLate("first");

  // An empty message, retained, clears the topic: who comes now finds nothing.
  await client.publishAsync(TOPIC, "", { qos: 1, retain: true });
  await comeLate("second");
} catch (error) {
  exitWithError(error);
}
