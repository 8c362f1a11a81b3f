/**
 * @title Subscribe with a function that is called
 * @difficulty beginner
 * @tags subscribe, callback, wildcard, result code
 * @run deno run --allow-env --allow-net lessons/02_subscribe/subscriber.ts
 *
 * Subscribes as soon as it is connected, and prints the topic and the payload of
 * each message, until Ctrl-C.
 */
import { brokerUrl, ConnectionRefusedError } from "../../lib/mod.ts";
import { exitWithError, type OnMessage } from "../../lib/mod.ts";
import { printable, subscribe } from "../../lib/mod.ts";

// 1. What do we want to hear of? The # stands for everything below iot. Another
// topic filter may be given as an argument.
const [filter = "iot/#"] = Deno.args;

// 2. This function is our callback: we write it, and the toolkit calls it once
// for each message. A payload is bytes, and text is what they say in UTF-8. Anyone
// may have written it, so it is made printable first: it can't clear our screen.
const onMessage: OnMessage = ({ topic, text }) => {
  console.log(`${printable(topic)}  ${printable(text)}`);
};

// 3. This one is called when the broker has let us in and granted the filter.
const onSubscribe = () => console.log("Connected with result code 0");

try {
  // 4. Connect, subscribe, and wait for messages. This comes to an end only with
  // Ctrl-C. After a lost connection, it connects and subscribes anew.
  await subscribe(brokerUrl(), filter, onMessage, true, { onSubscribe });
} catch (error) {
  // 5. A code from 1 to 5 says that the broker doesn't let us in.
  if (error instanceof ConnectionRefusedError) {
    console.log(`Connected with result code ${error.code}`);
    console.log(`연결 실패:  ${error.code}`);
  }
  exitWithError(error);
}
