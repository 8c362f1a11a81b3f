/**
 * @title Unsubscribe
 * @difficulty intermediate
 * @tags unsubscribe, on_unsubscribe
 * @run deno run --allow-env --allow-net lessons/04_complete_client/unsubscribe.ts
 *
 * Subscribes to two topics, and unsubscribes from one. The broker acknowledges
 * that too, and sends no more of it from then on.
 */
import { brokerUrl, connect } from "../../lib/mod.ts";
import { exitWithError, printable } from "../../lib/mod.ts";

await using client = await connect(brokerUrl()).catch(exitWithError);

// Print what arrives, and note when the last message is here.
const last = Promise.withResolvers<void>();
client.on("message", (topic, payload) => {
  const [name, text] = [topic, String(payload)].map(printable);
  console.log(`Received message, topic: ${name} payload: ${text}`);
  if (topic === "humidity") last.resolve();
});
await client.subscribeAsync(["temperature", "humidity"]);
await client.publishAsync("temperature", "24.0");

// on_unsubscribe: the answer, UNSUBACK, has the number of our packet.
await new Promise<void>((done) => {
  client.unsubscribe("temperature", (error, packet) => {
    if (error) exitWithError(error);
    console.log(`Unsubscribed: mid ${packet?.messageId}`);
    done();
  });
});

// Publish on both again. What one client publishes arrives in that order, so
// once the humidity is here, the temperature would be here too.
await client.publishAsync("temperature", "25.0");
await client.publishAsync("humidity", "65%");
await last.promise;
