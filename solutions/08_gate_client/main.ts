/**
 * Solution of exercise 08: opens the gate, and tells what became of it.
 *
 * Run: deno run --allow-env --allow-net solutions/08_gate_client/main.ts
 */
import { brokerUrl, exitWithError, StopSignal } from "../../lib/mod.ts";
import { type Message, printable, subscribe } from "../../lib/mod.ts";

const STATUS = "tw/rocksaying/status";
const COMMAND = "tw/rocksaying/command";
// What each command makes the gate say first and last.
const MOVES = new Map([
  ["open", ["opening", "opened"]],
  ["close", ["closing", "closed"]],
]);

const [command = "open"] = Deno.args;
const [first, last] = MOVES.get(command) ?? [];
const seconds = Number(Deno.env.get("GATE_TIMEOUT") || 5);
if (first === undefined || !(seconds > 0)) {
  console.error("Usage: main.ts [open|close], with seconds in GATE_TIMEOUT");
  Deno.exit(2);
}

let hasBegun = false;
const done = Promise.withResolvers<void>();

function onMessage({ text, retain }: Message): void {
  // A retained status is an old one, and what comes before the first step isn't
  // the answer to our command.
  if (retain || text === "noop") return;
  hasBegun ||= text === first;
  if (!hasBegun) return;
  console.log(printable(text));
  if (text === last) done.resolve();
}

using stop = new StopSignal();
try {
  // 1. First subscribe, and await the broker's word for it: an answer that comes
  // earlier would not reach us.
  const options = { qos: 1, signal: stop.signal } as const;
  const host = brokerUrl();
  await using gate = await subscribe(host, STATUS, onMessage, false, options);

  // 2. From now on, the gate has so much time: it may be stuck, or not there.
  const late = new Error(`The gate didn't ${command} within ${seconds} s`);
  const timer = setTimeout(() => done.reject(late), seconds * 1000);

  // 3. Send the command once, at a QoS that doesn't lose it, and wait.
  gate.client.publish(COMMAND, command, { qos: 1 });
  await Promise.race([done.promise, stop.requested, gate.client.refused]);
  clearTimeout(timer);
} catch (error) {
  exitWithError(error);
}
