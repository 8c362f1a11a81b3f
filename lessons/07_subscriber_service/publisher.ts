/**
 * @title Something for the service to receive
 * @difficulty beginner
 * @tags publish, arguments
 * @run deno run --allow-env --allow-net lessons/07_subscriber_service/publisher.ts hello
 *
 * Publishes each of its arguments under tw/rocksaying. The service and this
 * program know nothing of each other, only of the topic.
 */
import { brokerUrl, exitWithError, publishMany } from "../../lib/mod.ts";

const texts = Deno.args.length > 0 ? Deno.args : ["hello mqtt"];

// At QoS 1 the broker confirms each message. Whether anyone subscribes to them
// is another question, and the answer isn't ours to know.
const messages = texts.map((payload) => ({
  topic: "tw/rocksaying/greeting",
  payload,
  qos: 1 as const,
}));
await publishMany(brokerUrl(), messages).catch(exitWithError);
