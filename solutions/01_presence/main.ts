/**
 * Solution of exercise 01: says that it is here, and hears who else is.
 *
 * Run: deno run --allow-env --allow-net --allow-sys=networkInterfaces solutions/01_presence/main.ts
 */
import {
  brokerUrl,
  exitWithError,
  printable,
  StopSignal,
  subscribe,
} from "../../lib/mod.ts";

const TOPIC = "exercice1";

// The address of this machine in its network; that of loopback if it has none.
const own = Deno.networkInterfaces().find(({ family, address }) =>
  family === "IPv4" && !address.startsWith("127.")
);
const address = own?.address ?? "127.0.0.1";

using stop = new StopSignal();
try {
  // First subscribe: what is published before that, we would not hear.
  await using subscription = await subscribe(
    brokerUrl(),
    TOPIC,
    ({ text }) => console.log(`Reçu: ${printable(text)}`),
    false,
    { signal: stop.signal },
  );
  console.log("Connecté");

  // Then say that we are here.
  const { client } = subscription;
  await client.publishAsync(TOPIC, `${address} connecté`);

  // And listen, until Ctrl-C.
  await Promise.race([stop.requested, client.refused]);
} catch (error) {
  exitWithError(error);
}
