/**
 * The network between producers, broker and consumers, and what befalls it.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Direction, Ending } from "../fault_proxy/fault_line.ts";
import { FaultProxy, type LinkConditions } from "../fault_proxy/fault_proxy.ts";
import type { Random } from "../../workbook/checking/random.ts";
import { once } from "node:events";
import { createConnection } from "node:net";
import mqttPacket from "mqtt-packet";
import { keptSession, type Protocol } from "../clients/clients.ts";

/** Counts faults by their kind. */
export class FaultCounts {
  readonly #counts = new Map<string, number>();

  /** Adds one, or more. */
  add(kind: string, count = 1): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  /** All kinds, in words. */
  toString(): string {
    return [...this.#counts].toSorted()
      .map(([kind, count]) => `${kind} ${count}`).join(", ");
  }
}

const BAD_CONDITIONS: Record<string, (random: Random) => LinkConditions> = {
  delay: (random) => ({ delay: random.integer(5, 60) }),
  throttle: (random) => ({
    bytesPerSecond: random.integer(20_000, 200_000),
    pieceSize: 1000,
  }),
  split: (random) => ({ pieceSize: random.integer(1, 9) }),
  reorder: () => ({ shuffled: true, pieceSize: 400 }),
};

/** One side's way to the broker. */
export class Network implements AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly #counts: FaultCounts;

  private constructor(proxy: FaultProxy, counts: FaultCounts) {
    this.proxy = proxy;
    this.#counts = counts;
  }

  /** Puts a proxy before the broker. */
  static async open(
    port: number,
    random: Random,
    counts: FaultCounts,
  ): Promise<Network> {
    const proxy = await FaultProxy.start(port, () => random.next());
    return new Network(proxy, counts);
  }

  /** Makes the conditions bad for a while, or holds everything. */
  async disturbAll(random: Random): Promise<void> {
    const kind = random.pick([...Object.keys(BAD_CONDITIONS), "blackout"]);
    const milliseconds = random.integer(200, 1200);
    this.#counts.add(kind);
    if (kind === "blackout") this.proxy.hold();
    else this.proxy.conditions = BAD_CONDITIONS[kind]!(random);
    await pause(milliseconds);
    this.calm();
  }

  /** Makes the conditions good. */
  calm(): void {
    this.proxy.conditions = {};
    this.proxy.release();
  }

  /** Cuts or stalls one connection, mostly in the middle of a packet. */
  async disturbOne(random: Random): Promise<void> {
    const kind = random.pick(["cut", "reset", "stall"]);
    const direction = random.pick<Direction>(["up", "down"]);
    const bytes = random.integer(1, 3000);
    const milliseconds = random.integer(100, 3000);
    const { lines } = this.proxy;
    if (lines.length === 0) return;
    const line = lines[Math.floor(random.next() * lines.length)]!;
    this.#counts.add(kind);
    if (kind === "stall") {
      line.hold(direction);
      await pause(milliseconds);
      line.release(direction);
    } else {
      line.cut(direction, bytes, kind === "cut" ? "close" : "reset");
    }
  }

  /** Ends all connections. */
  endAll(ending: Ending): void {
    for (const line of this.proxy.lines) line.end(ending);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.proxy[Symbol.asyncDispose]();
  }
}

/** How long a connection may take, in milliseconds. */
const CONNECT_MILLISECONDS = 5000;

/**
 * Takes a session over: connects with its client id, and stays for a while or until
 * the owner takes it back. It keeps the session, and acknowledges nothing, so that
 * nothing is lost.
 *
 * @param options Whose id, in which version of the protocol, and how long to stay at
 *   most, in milliseconds.
 */
export async function takeOver(
  port: number,
  { clientId, protocol, stay }: {
    clientId: string;
    protocol: Protocol;
    stay: number;
  },
): Promise<void> {
  const socket = createConnection({ host: "127.0.0.1", port });
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  socket.on("error", () => socket.destroy());
  const { clean, ...session } = keptSession(clientId, protocol);
  socket.write(mqttPacket.generate({
    cmd: "connect",
    protocolId: "MQTT",
    keepalive: 0,
    clean,
    ...session,
  }));
  const ending = new AbortController();
  const wait = (milliseconds: number) =>
    pause(milliseconds, undefined, ending).catch(() => {});
  const answered = once(socket, "data", ending).catch(() => {});
  await Promise.race([answered, closed, wait(CONNECT_MILLISECONDS)]);
  socket.resume();
  await Promise.race([closed, wait(stay)]);
  ending.abort();
  socket.destroy();
  await closed;
}
