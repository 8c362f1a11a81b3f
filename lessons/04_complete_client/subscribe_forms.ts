/**
 * @title Three forms of subscribe
 * @difficulty intermediate
 * @tags subscribe, QoS, on_subscribe, message id
 * @run deno run --allow-env --allow-net lessons/04_complete_client/subscribe_forms.ts
 *
 * paho's `subscribe` takes a topic in three forms. Here is each beside MQTT.js's,
 * and what comes back: the packet's number, and the QoS that the broker grants.
 */
import type { ClientSubscribeCallback } from "mqtt";
import { brokerUrl, connect, exitWithError } from "../../lib/mod.ts";

await using client = await connect(brokerUrl()).catch(exitWithError);
const all = Promise.withResolvers<void>();
let answers = 0;

// on_subscribe: the broker's answer, SUBACK, has the number of our packet, and
// a QoS for each topic in it.
function onSubscribe(form: string): ClientSubscribeCallback {
  return (error, granted = [], packet) => {
    if (error) exitWithError(error);
    const qos = granted.map(({ qos }) => qos).join(", ");
    console.log(`${form}: mid ${packet?.messageId}, granted ${qos}`);
    if (++answers === 3) all.resolve();
  };
}

// A topic, with its QoS beside it.
const one = onSubscribe('subscribe("my/topic", 2)');
client.subscribe("my/topic", { qos: 2 }, one);

// A topic and its QoS in one value. It is the same topic at another QoS: the new
// subscription takes the old one's place.
const pair = onSubscribe('subscribe(("my/topic", 1))');
client.subscribe({ "my/topic": { qos: 1 } }, pair);

// Several topics in one packet, each with a QoS of its own.
const list = onSubscribe('subscribe([("my/topic", 0), ("another/topic", 2)])');
client.subscribe({ "my/topic": { qos: 0 }, "another/topic": { qos: 2 } }, list);

// subscribe() never waits. So wait here, for the third answer.
await all.promise;
