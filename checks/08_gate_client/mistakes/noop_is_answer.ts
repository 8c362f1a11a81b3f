/** Breaks `noop`: takes whatever comes next for the answer. */
import { brokerUrl, exitWithError, StopSignal } from "../../lib/mod.ts";
import { type Message, subscribe } from "../../lib/mod.ts";

const STATUS = "tw/rocksaying/status";
const COMMAND = "tw/rocksaying/command";
const seconds = Number(Deno.env.get("GATE_TIMEOUT") || 5);

const done = Promise.withResolvers<void>();

function onMessage({ text, retain }: Message): void {
  if (retain) return;
  console.log(text);
  if (text !== "opening") done.resolve();
}

using stop = new StopSignal();
try {
  const options = { qos: 1, signal: stop.signal } as const;
  const host = brokerUrl();
  await using gate = await subscribe(host, STATUS, onMessage, false, options);

  const late = new Error(`The gate didn't open within ${seconds} s`);
  const timer = setTimeout(() => done.reject(late), seconds * 1000);

  gate.client.publish(COMMAND, "open", { qos: 1 });
  await Promise.race([done.promise, stop.requested, gate.client.refused]);
  clearTimeout(timer);
} catch (error) {
  exitWithError(error);
}
