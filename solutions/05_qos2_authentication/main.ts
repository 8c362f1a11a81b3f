/**
 * Solution of exercise 05: a message at QoS 2 for each press of a button.
 *
 * Run: MQTT_URL=mqtt://info:Password1234@localhost deno run --allow-env --allow-net solutions/05_qos2_authentication/main.ts
 */
import {
  brokerUrl,
  Button,
  connect,
  exitWithError,
  StopSignal,
} from "../../lib/mod.ts";

const TOPIC = "exercice5";

using stop = new StopSignal();
try {
  await using button = await Button.open({ signal: stop.signal });

  // User and password are in the broker's address, so connect() knows them. If
  // the broker refuses them it throws, and never tries again by itself.
  await using client = await connect(brokerUrl(), {
    timeout: Infinity, // A device waits for its broker.
    signal: stop.signal,
  });

  const sendPresses = async () => {
    for await (const _press of button) {
      // At QoS 2 the callback comes with PUBCOMP, the last of the four packets,
      // as on_publish does in paho. Don't wait for it: the next press may come
      // before. On Ctrl-C, the end of the block waits for what is under way.
      client.publish(TOPIC, "clic", { qos: 2 }, (error) => {
        if (error) console.error(`Not sent: ${error.message}`);
        else console.log("Message envoyé");
      });
    }
  };
  await Promise.race([sendPresses(), client.refused]);
} catch (error) {
  exitWithError(error);
}
