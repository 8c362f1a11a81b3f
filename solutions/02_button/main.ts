/**
 * Solution of exercise 02: a message for each press of a button.
 *
 * Run: deno run --allow-env --allow-net solutions/02_button/main.ts
 */
import {
  brokerUrl,
  Button,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

const TOPIC = "exercice2";

using stop = new StopSignal();
try {
  // Presses count from here on: the button keeps them until the loop comes.
  await using button = await Button.open({ signal: stop.signal });
  await using client = await connect(brokerUrl(), {
    timeout: Infinity, // A device waits for its broker.
    signal: stop.signal,
  });
  console.log("Connecté");

  // The loop gives one turn for each press, however long the button is held. It
  // ends at Ctrl-C. Waiting for a message makes no press go lost.
  const sendPresses = async () => {
    for await (const _press of button) await client.publishAsync(TOPIC, "clic");
  };
  await Promise.race([sendPresses(), client.refused]);
} catch (error) {
  exitWithError(error);
}
