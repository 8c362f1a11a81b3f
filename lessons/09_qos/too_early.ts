/**
 * @title End too early, and lose the message
 * @difficulty intermediate
 * @tags QoS, publish, confirmation, exit
 * @run deno run --allow-env --allow-net lessons/09_qos/too_early.ts 1
 *
 * How not to do it: the program ends while its message, at the QoS that it is
 * given, is still on the way.
 */
import { assertQos, brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

try {
  const qos = Number(Deno.args[0] ?? 0);
  assertQos(qos);
  const client = await connect(brokerUrl());

  // 1. publish() doesn't wait. It takes the message, and calls back when the
  // message counts as published: at once at QoS 0, else after an answer.
  client.publish("test", "Voici un message", { qos }, (error) => {
    if (!error) console.log("Envoi confirmé message #1");
  });

  // 2. The message would leave as soon as the event loop has its turn. It gets
  // none: the program ends here, and the answer has nobody to come to.
  Deno.exit();
} catch (error) {
  exitWithError(error);
}
