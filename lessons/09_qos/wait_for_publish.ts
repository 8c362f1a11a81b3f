/**
 * @title Wait for the confirmation, but not for ever
 * @difficulty intermediate
 * @tags QoS 2, confirmation, timeout
 * @run deno run --allow-env --allow-net lessons/09_qos/wait_for_publish.ts
 *
 * Publishes at QoS 2, and waits for the broker's confirmation for at most five
 * seconds.
 */
import {
  brokerUrl,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

const SECONDS = 5;

try {
  using stop = new StopSignal();
  const client = await connect(brokerUrl(), { signal: stop.signal });

  // 1. Publish. The promise resolves when the last of the four packets has come.
  const confirmed = client.publishAsync("test", "Voici un message", { qos: 2 })
    .then(() => "confirmed");

  // 2. Set an alarm: a broker that never answers must not hold the program.
  const late = Promise.withResolvers<string>();
  const alarm = setTimeout(late.resolve, SECONDS * 1000, "late");

  // 3. Wait for whichever comes first. Ctrl-C is the third that may come.
  const outcome = await Promise.race([confirmed, late.promise, stop.requested]);
  clearTimeout(alarm);
  if (outcome === "confirmed") console.log("Envoi confirmé message #1");

  // 4. No confirmation doesn't mean no message: it may be only the answer that
  // got lost. The program knows no more, and says just that.
  if (outcome === "late") {
    console.error(
      `No confirmation within ${SECONDS} s: the broker may have the message, or not`,
    );
    Deno.exitCode = 1;
  }

  // 5. Disconnect. We have waited enough, so give what is in flight no more time.
  await client.close({ timeout: 0 });
} catch (error) {
  exitWithError(error);
}
