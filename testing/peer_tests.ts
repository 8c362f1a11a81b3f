/**
 * Tests that are given what most of them begin with, or the programs of others.
 *
 * @module
 */
import { type Peer, peerTest } from "./peers.ts";
import { test as plainTest } from "./test.ts";

/** Defines tests that need some peers, and are given the commands that start them. */
function needing<P extends Peer>(...peers: P[]) {
  return (
    name: string,
    run: (commands: Record<P, string>) => Promise<void>,
  ): void => peerTest(peers, name, run);
}

/** The tests of `test.ts`, and `peerTest` for the peers that many need. */
export const test = {
  ...plainTest,
  /** mosquitto, the broker. */
  mosquitto: needing("mosquitto"),
  /** The clients of mosquitto. */
  mosquittoClients: needing("mosquitto_sub", "mosquitto_pub"),
  /** The Python that has paho. */
  paho: needing("paho"),
  /** What runs a command in a terminal. */
  script: needing("script"),
};
