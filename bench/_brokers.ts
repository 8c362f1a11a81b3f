import { freePort } from "../testing/brokers/mosquitto.ts";
import { findPeer, type Peer } from "../testing/peers.ts";
import { startChild } from "./_children.ts";
import { denoProgram } from "./_programs.ts";

const HOST = "127.0.0.1";
const READY = /^mosquitto version \S+ running$/;
const CONNECTED = /^New client connected from \S+ as (\S+) \(/;
/** With a full stop after it if the client sent DISCONNECT, else with a reason. */
const ENDED = /^Client (\S+) (?:disconnected|closed its connection)/;
/** It outlives the programs that use it, which have deadlines of their own. */
const DEADLINE_SECONDS = 300;

/** mosquitto's settings in all measurements, besides where it listens. */
export const SETTINGS: readonly string[] = [
  // Otherwise mosquitto's acknowledgements wait for each other, 40 ms and more.
  "set_tcp_nodelay true",
  // No limit. By default mosquitto closes the connection of a client that has
  // more than 20 QoS 2 messages in flight.
  "max_inflight_messages 0",
  // No limit. By default it throws away what exceeds 1,000 for one subscriber.
  "max_queued_messages 0",
];

/** A mosquitto that logs who comes and goes, but not each packet. */
interface Mosquitto extends AsyncDisposable {
  readonly port: number;
  /**
   * Waits until a client has said goodbye.
   *
   * @returns The seconds between its CONNECT and its DISCONNECT. mosquitto works
   *   a client's packets off in order, so it has taken all that was published in
   *   between: the same fence for every client.
   */
  sessionOf(clientId: string): Promise<number>;
}

interface Session {
  start: number;
  seconds: PromiseWithResolvers<number>;
}

/** Starts mosquitto on a free loopback port. */
export async function startMosquitto(): Promise<Mosquitto> {
  const command = findPeer("mosquitto");
  if (command === undefined) throw new Error("mosquitto is not installed");
  const port = freePort();
  const path = await Deno.makeTempFile({ prefix: "bench_", suffix: ".conf" });
  await Deno.writeTextFile(path, configuration(port));

  const ready = Promise.withResolvers<void>();
  const sessions = new Map<string, Session>();
  const sessionOf = (clientId: string) => {
    const known = sessions.get(clientId);
    if (known !== undefined) return known;
    const session = { start: NaN, seconds: Promise.withResolvers<number>() };
    session.seconds.promise.catch(() => {});
    sessions.set(clientId, session);
    return session;
  };
  const onLog = (line: string) => {
    if (READY.test(line)) ready.resolve();
    const connected = CONNECTED.exec(line)?.[1];
    if (connected !== undefined) {
      sessionOf(connected).start = performance.now();
    }
    const clientId = ENDED.exec(line)?.[1];
    if (clientId === undefined) return;
    const { start, seconds } = sessionOf(clientId);
    if (line === `Client ${clientId} disconnected.`) {
      seconds.resolve((performance.now() - start) / 1000);
    } else {
      seconds.reject(new Error(`mosquitto says: ${line}`));
    }
  };
  const child = startChild([command, "-c", path], {
    onLog,
    quiet: true,
    deadline: DEADLINE_SECONDS,
  });
  const stop = async () => {
    await child[Symbol.asyncDispose]();
    await Deno.remove(path);
  };
  const failed = child.finished().then(() => {
    throw new Error("mosquitto ended too early");
  });
  failed.catch(() => {});
  try {
    await Promise.race([ready.promise, failed]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    sessionOf: (clientId) =>
      Promise.race([sessionOf(clientId).seconds.promise, failed]),
    [Symbol.asyncDispose]: stop,
  };
}

function configuration(port: number): string {
  const lines = [
    `listener ${port} ${HOST}`,
    "allow_anonymous true",
    "log_dest stderr",
    "log_timestamp false",
    ...["error", "notice", "information"].map((type) => `log_type ${type}`),
    ...SETTINGS,
  ];
  // Started by root, mosquitto becomes another user, who may not exist.
  if (Deno.build.os !== "windows" && Deno.uid() === 0) lines.push("user root");
  return lines.join("\n") + "\n";
}

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
