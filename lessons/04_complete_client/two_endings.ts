/**
 * @title Two ways to be disconnected
 * @difficulty intermediate
 * @tags disconnect, on_disconnect, client id
 * @run deno run --allow-env --allow-net lessons/04_complete_client/two_endings.ts
 *
 * A connection ends because we want it to, or it breaks. MQTT.js's event `close`
 * fires for both. Which of them it was, the client knows.
 */
import { brokerUrl, type Client, connect } from "../../lib/mod.ts";
import { exitWithError } from "../../lib/mod.ts";

const clientId = `two_endings_${Deno.pid}`;

// on_disconnect: 0 if it was us who ended the connection. Else a number that
// isn't 0, as in paho, whose 7 stands for a connection that was lost.
function printEnding(client: Client): Promise<void> {
  return new Promise((done) => {
    client.once("close", () => {
      const result = client.disconnecting ? 0 : 7;
      console.log(`Disconnection returned result: ${result}`);
      done();
    });
  });
}

// The clean ending: close() sends a DISCONNECT packet, and then hangs up.
const first = await connect(brokerUrl(), { clientId }).catch(exitWithError);
const firstEnding = printEnding(first);
await first.close();
await firstEnding;

// The broken one. A client id belongs to one client at a time: when another one
// comes with the same id, the broker throws the old one out.
await using second = await connect(brokerUrl(), { clientId })
  .catch(exitWithError);
const secondEnding = printEnding(second);
await using _third = await connect(brokerUrl(), { clientId })
  .catch(exitWithError);
await secondEnding;

// At the end of the block both are closed. Otherwise they would take the id from
// each other for ever: each connects again as soon as it is thrown out.
