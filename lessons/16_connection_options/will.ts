/**
 * @title Leave a will
 * @difficulty intermediate
 * @tags will, DISCONNECT
 * @run deno run --allow-env --allow-net lessons/16_connection_options/will.ts
 *
 * With CONNECT, a client can hand the broker a message to publish in case that
 * it dies. Two gates do so: one says goodbye, and the other is cut off.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";
import { printable, subscribe } from "../../lib/mod.ts";

const WILL = "died";

/** Connects a gate that leaves a will, and publishes that it is there. */
async function openGate(name: string) {
  const topic = `iot/${name}/status`;
  const will = { topic, payload: WILL, qos: 1 } as const;
  const client = await connect(brokerUrl(), { will, log: () => {} });
  await client.publishAsync(topic, "online", { qos: 1 });
  return client;
}

try {
  // A watcher prints what comes from both gates, until it prints a will.
  const willCame = Promise.withResolvers<void>();
  await using _watcher = await subscribe(
    brokerUrl(),
    "iot/+/status",
    ({ topic, text }) => {
      console.log(printable(`${topic}: ${text}`));
      if (text === WILL) willCame.resolve();
    },
    false,
  );

  // The first gate leaves as it should: close() sends DISCONNECT, and at that
  // the broker throws the will away.
  const polite = await openGate("polite");
  await polite.close();

  // The second gate's connection is cut, as by a pulled plug: no DISCONNECT.
  const cut = await openGate("cut");
  cut.stream.destroy();
  await new Promise<void>((resolve) => cut.once("close", resolve));
  // The client would connect again by itself. close() makes it stay away.
  await cut.close();

  await willCame.promise;
} catch (error) {
  exitWithError(error);
}
