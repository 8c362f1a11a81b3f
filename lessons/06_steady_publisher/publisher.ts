/**
 * @title Publish steadily on a kept connection
 * @difficulty beginner
 * @tags kept connection, publish, interval
 * @run deno run --allow-env --allow-net lessons/06_steady_publisher/publisher.ts
 *
 * A sensor that reports often keeps its connection. To open one for each
 * message would cost more packets than the messages themselves.
 */
import {
  brokerUrl,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

const TOPIC = "tw/rocksaying";
const PAYLOAD = "你好 mqtt";

try {
  // 1. Connect once, before the first message. Ctrl-C also ends the waiting for
  // a broker that isn't there.
  using stop = new StopSignal();
  await using client = await connect(brokerUrl(), { signal: stop.signal });

  // 2. Publish each message on the same connection, in order.
  for (let i = 0; i < 10 && !stop.signal.aborted; i++) {
    await client.publishAsync(TOPIC, `${PAYLOAD} - ${i}`);

    // 3. Wait 10 ms, as a sensor waits for its next reading. Meanwhile the
    // network goes on, because await gives the event loop its turn.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // 4. Here the block ends: what is still to be sent leaves, then DISCONNECT.
} catch (error) {
  exitWithError(error);
}
