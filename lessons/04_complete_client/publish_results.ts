/**
 * @title What publish hands back
 * @difficulty intermediate
 * @tags publish, QoS, on_publish, message id, errors
 * @run deno run --allow-env --allow-net lessons/04_complete_client/publish_results.ts
 *
 * paho's `publish` hands back a result code and a message id at once. MQTT.js
 * tells both later: to a callback, or with a promise.
 */
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

const TOPIC = "my/topic";

await using client = await connect(brokerUrl()).catch(exitWithError);

// The callback is on_publish. At QoS 0 the message has left; at QoS 1 and 2 the
// broker has it. Only what is to be acknowledged has a number.
function publish(qos: 0 | 1 | 2): Promise<void> {
  return new Promise((done) => {
    client.publish(TOPIC, "24.0", { qos }, (error, packet) => {
      if (error) exitWithError(error);
      console.log(`QoS ${qos}: published, mid ${packet?.messageId ?? "none"}`);
      done();
    });
  });
}
await Promise.all([publish(0), publish(1), publish(2)]);

// The promise rejects where the callback would have an error. This topic is none:
// it is a filter, for subscribing.
await client.publishAsync("my/#", "24.0").catch(({ message }) => {
  console.log(`Not published: ${message}`);
});

// And once the client is closed, nothing leaves any more.
await client.close();
await client.publishAsync(TOPIC, "24.0").catch(({ message }) => {
  console.log(`Not published: ${message}`);
});
