/**
 * @title A first client
 * @difficulty beginner
 * @tags connect, events, on_connect, on_message, on_disconnect
 * @run deno run --allow-env --allow-net lessons/04_complete_client/first_client.ts
 *
 * A client and the three functions that it calls: when it is connected, when a
 * message arrives, and when it is disconnected. Ctrl-C ends it.
 */
import mqtt from "mqtt";
import { brokerAddress, exitWithError, printable } from "../../lib/mod.ts";
import { StopSignal, tracePackets } from "../../lib/mod.ts";

try {
  // Make a client. It begins to connect when this program comes to a pause, so
  // there is time to say what it is to call.
  const client = tracePackets(mqtt.connect(brokerAddress().url));

  // on_connect: the broker has answered, and 0 is a welcome. Subscribe here:
  // without a subscription no message would ever arrive.
  client.on("connect", ({ returnCode }) => {
    console.log(`Connection returned with result code: ${returnCode}`);
    client.subscribe("hello");
  });

  // on_message: a payload is bytes. Decode it to have the text. Anyone may have
  // written that, and the topic: make both printable, or they may clear the screen.
  client.on("message", (topic, payload) => {
    const [name, text] = [topic, payload.toString()].map(printable);
    console.log(`Received message, topic: ${name} payload: ${text}`);
  });

  // on_disconnect: the connection is closed. 0 says that we wanted it so; paho
  // has 7 for a connection that was lost.
  client.on("close", () => {
    const result = client.disconnecting ? 0 : 7;
    console.log(`Disconnection returned result: ${result}`);
  });

  // An error that nobody listens for would end us with a stack trace.
  client.on("error", exitWithError);

  // On Ctrl-C say goodbye, or just hang up if the broker has never answered.
  using stop = new StopSignal();
  await stop.requested;
  await client.endAsync(!client.connected);
} catch (error) {
  exitWithError(error);
}
