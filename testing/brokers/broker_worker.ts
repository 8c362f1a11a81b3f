/// <reference lib="deno.worker" />
/**
 * What `startBrokerThread` runs: a broker that posts its address.
 *
 * @module
 */
import { startBroker } from "../../lib/broker.ts";

const broker = await startBroker({ port: 0 });
self.postMessage(broker.url);
