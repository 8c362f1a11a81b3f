/**
 * @title Limit what is in flight
 * @difficulty intermediate
 * @tags in-flight window, QoS 1, PUBACK
 * @run deno run --allow-env --allow-net lessons/16_connection_options/inflight.ts
 *
 * At QoS 1 and 2 a message is in flight until the broker has acknowledged it. The
 * in-flight window says how many may be so at once; the others wait here.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

const MESSAGES = 20;

/** Publishes at once, and counts what is sent and not yet acknowledged. */
async function countInFlight(inflightWindow: number) {
  await using client = await connect(brokerUrl(), { inflightWindow });
  let inFlight = 0;
  let most = 0;
  // PUBLISH takes a place in the window, and PUBACK gives it back.
  client.on("packetsend", ({ cmd }) => {
    if (cmd === "publish") most = Math.max(most, ++inFlight);
  });
  client.on("packetreceive", ({ cmd }) => {
    if (cmd === "puback") inFlight--;
  });

  // The program doesn't wait between two messages. The window does that for it.
  const publishing = Array.from(
    { length: MESSAGES },
    (_, count) => client.publishAsync("iot/x", `${count}`, { qos: 1 }),
  );
  await Promise.all(publishing);
  return most;
}

try {
  for (const window of [1, 5, 1000]) {
    const most = await countInFlight(window);
    console.log(`window ${window}: ${most} of ${MESSAGES} in flight at most`);
  }
} catch (error) {
  exitWithError(error);
}
