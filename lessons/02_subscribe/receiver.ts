/**
 * @title Receive messages in a loop
 * @difficulty beginner
 * @tags subscribe, messages, for await, result code
 * @run deno run --allow-env --allow-net lessons/02_subscribe/receiver.ts
 *
 * The same without a callback: a loop that takes one message after the other,
 * and rests while there is none.
 */
import { brokerUrl, ConnectionRefusedError } from "../../lib/mod.ts";
import { exitWithError, messages, printable } from "../../lib/mod.ts";

const TOPIC = "test";

try {
  // 1. Ask for the messages of one topic. Without a limit of time, it also waits
  // for a broker that isn't there yet.
  const received = messages(brokerUrl(), TOPIC, {
    timeout: Infinity,
    onSubscribe: () => console.log("Connecté"),
  });

  // 2. Take them one by one. The loop connects when it begins, and disconnects
  // when it is left: by break, by an error, or by Ctrl-C. What strangers write may
  // clear our screen: printable() shows such characters, and changes nothing else.
  for await (const message of received) {
    console.log(`Reçu: ${printable(message.text)}`);
  }
} catch (error) {
  // 3. The broker's answer was not 0.
  if (error instanceof ConnectionRefusedError) {
    console.log(`Erreur code ${error.code}`);
  }
  exitWithError(error);
}
