/**
 * @title Choose the address to connect from
 * @difficulty intermediate
 * @tags bind address, network interface
 * @run deno run --allow-env --allow-net=127.0.0.1,127.0.0.2,192.0.2.1 lessons/16_connection_options/bind_address.ts
 *
 * A computer with several network interfaces has several addresses. Usually the
 * system chooses the one to connect from; the bind address chooses it instead.
 */
import {
  BrokerUnreachableError,
  connect,
  exitWithError,
  startBroker,
} from "../../lib/mod.ts";

try {
  // Where a client comes from, only the broker sees. So this program starts one
  // of its own, and prints the broker's log.
  await using broker = await startBroker({
    port: 0,
    log: (line) => {
      const [, from] = / connected from (.+):\d+$/.exec(line) ?? [];
      if (from !== undefined) console.log(`the broker sees ${from}`);
    },
  });

  // All addresses that begin with 127 are this computer itself (on macOS, the
  // first only). The last one is nobody's: it is kept free for examples.
  for (const bindAddress of ["127.0.0.1", "127.0.0.2", "192.0.2.1"]) {
    console.log(`from ${bindAddress}:`);
    try {
      const client = await connect(broker.url, { bindAddress, retry: false });
      await client.close();
    } catch (error) {
      // An address that isn't ours can't be bound.
      if (!(error instanceof BrokerUnreachableError)) throw error;
      console.log(error.message);
    }
  }
} catch (error) {
  exitWithError(error);
}
