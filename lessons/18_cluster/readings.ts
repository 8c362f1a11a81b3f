/**
 * @title Publish while a broker dies
 * @difficulty advanced
 * @tags cluster, failover, several addresses, QoS 1
 * @run deno run --allow-env --allow-net lessons/18_cluster/readings.ts
 *
 * Publishes a reading ten times a second until it is stopped, and measures how long
 * each has to wait for its PUBACK. Kill a broker meanwhile.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { Publisher, StopSignal } from "../../lib/mod.ts";

const TOPIC = "iot/user1/temp";
let [published, confirmed, longest] = [0, 0, 0];

try {
  using stop = new StopSignal();
  const { signal } = stop;

  // MQTT_URL may name several brokers: mqtt://one.lan,two.lan,three.lan. Each is
  // tried in turn, now and whenever the connection is lost.
  const client = await connect(brokerUrl(), { signal, retryDelay: [0.2, 1] });
  const publisher = new Publisher(client);
  console.log(`publishing, addresses: ${brokerUrl().split(",").length}`);

  // At QoS 1 the client keeps each reading until a broker has confirmed it: what a
  // dead one took along is sent again to the next.
  while (!signal.aborted) {
    const begun = performance.now();
    publisher.publish(TOPIC, published++, { qos: 1 }).then(() => {
      confirmed++;
      longest = Math.max(longest, performance.now() - begun);
    }, () => {}); // close() says it.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  // What is still unconfirmed has five seconds, and then it is lost.
  await publisher.close().catch(() => {});
  await client.close();
  const wait = `${(longest / 1000).toFixed(1)} s at most`;
  const lost = published - confirmed;
  console.log(`${confirmed} confirmed, after ${wait}; ${lost} lost`);
} catch (error) {
  exitWithError(error);
}
