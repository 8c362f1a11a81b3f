/** A broker with a fault, which the fuzzer has to find. */
import type { BrokerOptions } from "../../lib/mod.ts";
import { LIMITS, runBroker } from "./broker_process.ts";

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

await runBroker(FAULTS[Deno.args[0]!]);
