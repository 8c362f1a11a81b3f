/**
 * Solution of exercise 03: a chat.
 *
 * Run: deno run --allow-env --allow-net --allow-sys=hostname solutions/03_chat/main.ts
 */
import {
  brokerUrl,
  exitWithError,
  printable,
  readLines,
  StopSignal,
  subscribe,
} from "../../lib/mod.ts";

const TOPIC = "exercice3";
const name = Deno.hostname();
const goodbye = `${name} a quitté`;

using stop = new StopSignal();
try {
  // Print what the others write, in the background. It may hold anything, so make
  // it printable: nobody else is to clear our screen. The broker keeps our will,
  // and publishes it if we vanish without a DISCONNECT.
  await using subscription = await subscribe(
    brokerUrl(),
    TOPIC,
    ({ text }) => console.log(`\t\t${printable(text)}`),
    false,
    {
      will: { topic: TOPIC, payload: goodbye },
      timeout: Infinity, // Wait for the broker, however long it takes.
      signal: stop.signal,
    },
  );
  const { client } = subscription;
  await client.publishAsync(TOPIC, `${name} est arrivé`);

  // Send what is typed. Reading begins only here, where the connection stands:
  // lines that were typed before have waited in standard input.
  const sendLines = async () => {
    for await (const line of readLines({ signal: stop.signal })) {
      if (line !== "") await client.publishAsync(TOPIC, line);
    }
  };
  await Promise.race([sendLines(), stop.requested, client.refused]);

  // A clean end sends no will, so say it ourselves. Don't wait for it here: the
  // end of the block lets it leave, and doesn't wait long if the broker is away.
  client.publish(TOPIC, goodbye);
} catch (error) {
  exitWithError(error);
}
