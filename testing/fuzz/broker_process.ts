/**
 * The embedded broker in a process of its own: it prints its ports, and its memory
 * for each line on standard input. An argument names a fault that it is to have,
 * for the fuzzer to find.
 *
 * @module
 */
import {
  type BrokerLimits,
  type BrokerOptions,
  startBroker,
} from "../../lib/mod.ts";

/**
 * The limits of the broker under test. What clients may leave behind is little,
 * so that memory that grows is memory that leaks.
 */
const LIMITS: BrokerLimits = {
  maxPacketSize: 100_000,
  maxQueuedMessages: 100,
  maxQueuedBytes: 100_000,
  maxSessions: 20,
  maxRetainedMessages: 100,
  maxRetainedBytes: 500_000,
  connectTimeout: 5,
};

const kept: Uint8Array[] = [];
const whenFlagsAreWrong = (act: () => void): BrokerOptions => ({
  log: (line) => {
    if (line.includes("has the flags")) act();
  },
});
const FAULTS: Record<string, BrokerOptions> = {
  crash: whenFlagsAreWrong(() => {
    throw new Error("The flags were too much");
  }),
  hang: whenFlagsAreWrong(() => {
    while (true);
  }),
  deaf: { limits: { ...LIMITS, maxMessageRate: 1 } },
  leak: { log: () => kept.push(new Uint8Array(200_000).fill(1)) },
};

const broker = await startBroker({
  port: 0,
  websocketPort: 0,
  limits: LIMITS,
  // The lines are made, but nobody wants to read them.
  log: () => {},
  ...FAULTS[Deno.args[0] ?? ""],
});
const websocket = Number(new URL(broker.websocketUrl!).port);
console.log(JSON.stringify({ tcp: broker.port, websocket }));
const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
for await (const text of input) {
  for (const question of text.trim().split("\n")) {
    // What nobody needs any more isn't counted.
    (globalThis as { gc?: () => void }).gc?.();
    const { rss } = Deno.memoryUsage();
    console.log(`${question} ${rss} end of ${question}`);
  }
}
await broker.close();
