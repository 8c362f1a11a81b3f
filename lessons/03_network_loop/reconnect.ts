/**
 * @title Connect again at once
 * @difficulty intermediate
 * @tags reconnect, lost connection
 * @run deno run --allow-env --allow-net lessons/03_network_loop/reconnect.ts
 *
 * `client.reconnect()` is what paho's `reconnect()` is: it connects again with
 * the data of the last time, now and not after a pause.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

// Let the client wait a minute before it connects again by itself, so that we
// can see that it is our call that brings it back.
await using client = await connect(brokerUrl(), { retryDelay: [60, 60] })
  .catch(exitWithError);
const { clientId } = client.options;
console.log(`Connected: ${client.connected}`);

// Cut the connection, and wait until the client has noticed.
client.stream.destroy();
await new Promise<void>((done) => client.once("close", () => done()));
console.log(`Connected: ${client.connected}`);

// Connect again. It returns at once; the event tells when the broker has
// answered. Address, client id, user and all else are those of the last time.
const began = performance.now();
client.reconnect();
await new Promise<void>((done) => client.once("connect", () => done()));
const seconds = (performance.now() - began) / 1000;
console.log(`Connected: ${client.connected}`);
console.error(`It took ${seconds.toFixed(3)} s, as ${clientId}`);
