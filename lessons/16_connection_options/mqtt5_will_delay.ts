/**
 * @title Give a client time to come back before its will
 * @difficulty advanced
 * @tags MQTT 5, will delay interval, session expiry interval
 * @run deno run --allow-env --allow-net lessons/16_connection_options/mqtt5_will_delay.ts
 *
 * A connection that breaks for a moment is no death. In MQTT 5 the broker can
 * wait before it publishes the will, and forgets it if the client returns.
 */
import { brokerUrl, type Client, connect } from "../../lib/mod.ts";
import { exitWithError, printable, subscribe } from "../../lib/mod.ts";

/** Waits for an event of a client. */
const until = (client: Client, event: "connect" | "close") =>
  new Promise<void>((resolve) => client.once(event, () => resolve()));

/** Connects a gate that leaves a will with a delay of a second. */
function openGate(clientId: string) {
  return connect(brokerUrl(), {
    protocolVersion: 5,
    clientId,
    // A will waits no longer than its client's session: so that must last longer.
    clean: false,
    properties: { sessionExpiryInterval: 10 },
    will: {
      topic: `iot/${clientId}/status`,
      payload: "died",
      properties: { willDelayInterval: 1 },
    },
    retryDelay: [0.1, 0.1],
    log: () => {},
  });
}

try {
  const willCame = Promise.withResolvers<void>();
  await using _watcher = await subscribe(
    brokerUrl(),
    "iot/+/status",
    ({ topic, text }) => {
      console.log(printable(`${topic}: ${text}`));
      willCame.resolve();
    },
    false,
  );

  // The first gate is cut off, and comes back by itself within the second.
  await using returning = await openGate("returning");
  returning.stream.destroy();
  await until(returning, "connect");

  // The second one is cut off, too, and close() makes it stay away.
  const gone = await openGate("gone");
  gone.stream.destroy();
  await until(gone, "close");
  await gone.close();
  await willCame.promise;
} catch (error) {
  exitWithError(error);
}
