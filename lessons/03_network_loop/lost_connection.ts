/**
 * @title Lose the connection, and get it back
 * @difficulty intermediate
 * @tags reconnect, lost connection, subscribe
 * @run deno run --allow-env --allow-net lessons/03_network_loop/lost_connection.ts
 *
 * paho's `loop_start()` and `loop_forever()` connect again by themselves. So does
 * `subscribe`, and it also renews the subscription.
 */
import { brokerUrl, exitWithError, StopSignal } from "../../lib/mod.ts";
import { printable, subscribe } from "../../lib/mod.ts";

const TOPIC = "paho/lost_connection";

// Each time the broker grants the subscription, say so. It will do so twice.
using stop = new StopSignal();
const received = Promise.withResolvers<void>();
await using subscription = await subscribe(
  brokerUrl(),
  TOPIC,
  ({ text }) => {
    console.log(`Received: ${printable(text)}`);
    received.resolve();
  },
  false,
  { signal: stop.signal, onSubscribe: () => console.log("Subscribed") },
).catch(exitWithError);
const { client } = subscription;

// Cut the connection, as a pulled cable does: no DISCONNECT packet is sent.
const back = new Promise<void>((done) => client.once("connect", () => done()));
client.stream.destroy();
const cut = performance.now();
console.log("Connection cut");

// We do nothing but wait. After a pause of one to two seconds the client tries
// to come back. While that fails, the pauses grow.
await Promise.race([back, stop.requested]);
const seconds = (performance.now() - cut) / 1000;
if (client.connected) console.log(`Connected after ${seconds.toFixed(1)} s`);

// Is the subscription back too? Send ourselves a message.
if (client.connected) client.publish(TOPIC, "still here");
await Promise.race([received.promise, stop.requested, client.refused])
  .catch(exitWithError);
