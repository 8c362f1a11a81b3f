/**
 * @title A gate that takes commands and reports its status
 * @difficulty intermediate
 * @tags service, commands, status, QoS 1
 * @run deno run --allow-env --allow-net lessons/13_gate_service/gate.ts
 *
 * A service does two things at once: it publishes what it senses, and it
 * carries out what others ask for.
 */
import { brokerUrl, exitWithError, StopSignal } from "../../lib/mod.ts";
import { type OnMessage, printable, subscribe } from "../../lib/mod.ts";

const STATUS = "tw/rocksaying/status";
const COMMAND = "tw/rocksaying/command";
const ALL = "tw/rocksaying/#";
// What each command makes the gate go through.
const MOVES = new Map([
  ["open", ["opening", "opened"]],
  ["close", ["closing", "closed"]],
  ["alarm", ["alarm"]],
]);
let isMoving = false;

// Print each message; if it is a command, carry it out. The next message waits
// until this is done, so the gate never moves both ways at once.
const onMessage: OnMessage = async ({ topic, text, qos, retain }, client) => {
  const [name, shown] = [topic, text].map(printable);
  console.log(`topic: ${name}\npayload: ${shown}\nqos: ${qos}`);
  // A retained command is an old one: the gate must not obey it at each start.
  if (topic !== COMMAND || retain) return;
  console.log(`Should invoke gate ${shown} function`);
  isMoving = true;
  const states = MOVES.get(text) ?? [`unknown command: ${text.slice(0, 60)}`];
  for (const state of states) {
    await client.publishAsync(STATUS, state, { qos: 1 });
    await new Promise((resolve) => setTimeout(resolve, 500)); // The motor runs.
  }
  isMoving = false;
};

// Wait for the broker, also for one that isn't there yet, until Ctrl-C.
using stop = new StopSignal();
const options = { qos: 1, timeout: Infinity, signal: stop.signal } as const;
const service = await subscribe(brokerUrl(), ALL, onMessage, false, options)
  .catch(exitWithError);
console.log("Looping...");

// Meanwhile, report each second that nothing moves. While there is no broker,
// say nothing: nobody needs an old heartbeat later.
const heartbeat = setInterval(() => {
  if (isMoving || !service.client.connected) return;
  service.client.publish(STATUS, "noop", { qos: 1 });
}, 1000);

await Promise.race([stop.requested, service.client.refused])
  .catch(exitWithError);
clearInterval(heartbeat);
await service.close();
console.log("exit program");
