/**
 * The network between producers, broker and consumers, and what befalls it.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Direction, Ending } from "../fault_proxy/fault_line.ts";
import { FaultProxy, type LinkConditions } from "../fault_proxy/fault_proxy.ts";
import type { Random } from "../../workbook/checking/random.ts";

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
