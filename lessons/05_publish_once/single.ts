/**
 * @title Publish one message and leave
 * @difficulty beginner
 * @tags publishOnce, QoS 1, user, password, client id
 * @run deno run --allow-env --allow-net lessons/05_publish_once/single.ts
 *
 * For a program that has something to say only now and then: it connects,
 * publishes, waits for the broker's confirmation, and disconnects.
 */
import { brokerUrl, exitWithError, publishOnce } from "../../lib/mod.ts";
import type { OutgoingMessage } from "../../lib/mod.ts";

// 1. What we publish, and where. At QoS 1 the broker confirms that it has the
// message, so that we don't leave too early.
const message: OutgoingMessage = {
  topic: "tw/rocksaying",
  payload: "hello mqtt",
  qos: 1,
};

// 2. If the broker asks for a user and a password, we take them from variables
// of the environment. Lesson 08 says why they don't stand here.
const username = Deno.env.get("MQTT_USER");
const password = Deno.env.get("MQTT_PASSWORD") ?? "";
const login = username ? { username, password } : {};

// 3. If the broker asks for a client id: this names the connection, and only one
// at a time may have it. Without it, we would get one by chance.
const clientId = "rocksaying-0001";

// 4. Connect, publish, wait, disconnect: all in one call.
await publishOnce(brokerUrl(), message, { clientId, ...login })
  .catch(exitWithError);
