/**
 * @title Publish several messages and leave
 * @difficulty beginner
 * @tags publishMany, QoS, battery
 * @run deno run --allow-env --allow-net lessons/05_publish_once/multiple.ts
 *
 * What a sensor on a battery does when it wakes up: it publishes all that it has
 * measured over one connection, and sleeps again.
 */
import { brokerUrl, exitWithError, publishMany } from "../../lib/mod.ts";
import type { OutgoingMessage } from "../../lib/mod.ts";

// 1. A list of messages. Each has its own topic, payload and QoS. A number is
// sent as text, because a payload is bytes and knows no numbers.
const readings: OutgoingMessage[] = [
  // A battery changes slowly: if one reading is lost, nobody misses it.
  { topic: "tw/rocksaying/battery", payload: "2.9 V", qos: 0 },
  { topic: "tw/rocksaying/temperature", payload: 21.5, qos: 1 },
  { topic: "tw/rocksaying/humidity", payload: 40, qos: 1 },
];

// 2. Connect once, publish them all, wait until the broker has confirmed those
// of QoS 1, disconnect once.
await publishMany(brokerUrl(), readings).catch(exitWithError);
