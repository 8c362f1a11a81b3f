import type { Peer } from "../../testing/peers.ts";
import { startChild } from "../_children.ts";
import { startMosquitto } from "../_mosquitto.ts";
import { denoProgram } from "../_programs.ts";

/** A broker that is measured, or that clients are measured through. */
export interface MeasuredBroker {
  /** What must be installed for it. */
  needs: readonly Peer[];
  /** Starts it in a process of its own, without limits that would show. */
  start: () => Promise<AsyncDisposable & { readonly port: number }>;
}

/** Debian's broker, which is written in C. */
export const MOSQUITTO: MeasuredBroker = {
  needs: ["mosquitto"],
  start: startMosquitto,
};

/** The toolkit's own broker. */
export const EMBEDDED: MeasuredBroker = { needs: [], start: startEmbedded };

/** Both, with their names in those of measurements, and in titles. */
export const BROKERS = [
  { name: "mosquitto", title: "mosquitto", broker: MOSQUITTO },
  { name: "embedded", title: "the embedded broker", broker: EMBEDDED },
] as const;

async function startEmbedded(): Promise<AsyncDisposable & { port: number }> {
  const child = startChild(denoProgram("embedded_broker.ts", {}));
  const { port } = await child.next<{ port: number }>();
  return { port, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}
