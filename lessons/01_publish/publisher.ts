/**
 * @title Publish one message
 * @difficulty beginner
 * @tags connect, result code, publish, disconnect
 * @run deno run --allow-env --allow-net lessons/01_publish/publisher.ts
 *
 * The smallest useful client: it connects, says what the broker answered,
 * publishes one message, and disconnects.
 */
import {
  brokerUrl,
  connect,
  ConnectionRefusedError,
  exitWithError,
} from "../../lib/mod.ts";

const TOPIC = "test";

try {
  // Connecting takes a moment: our CONNECT packet travels to the broker, and its
  // answer, CONNACK, travels back. At await, the program waits for that answer.
  const client = await connect(brokerUrl());
  console.log("Connecté");

  // A message is a topic and a payload. At await, it is on its way.
  await client.publishAsync(TOPIC, "allo");

  // Say goodbye, so that the broker knows that we didn't crash. close() first
  // lets everything leave that is still to be sent.
  await client.close();
} catch (error) {
  // CONNACK carries a result code. 0 is a welcome; 1 to 5 refuse us.
  if (error instanceof ConnectionRefusedError) {
    console.log(`Erreur code ${error.code}`);
  }
  exitWithError(error);
}
