/**
 * One connection through a proxy of `fault_proxy.ts`.
 *
 * @module
 */
import { once } from "node:events";
import type { Socket } from "node:net";

/** One way through a connection: to the broker, or back. */
export type Direction = "up" | "down";

/** How a connection ends: with a FIN, as a closed one, or with a RST. */
export type Ending = "close" | "reset";

/** Waits until a piece may travel, and says how many bytes it may have. */
type Pass = (size: number, signal: AbortSignal) => Promise<number>;

/** A connection through a proxy. */
export class Line {
  /** Resolves when both sides are closed. */
  readonly ended: Promise<void>;
  readonly #client: Socket;
  readonly #broker: Socket;
  readonly #over = new AbortController();
  readonly #gates = new Map<Direction, PromiseWithResolvers<void>>();
  readonly #cuts = new Map<Direction, { left: number; ending: Ending }>();

  constructor(
    client: Socket,
    broker: Socket,
    pass: Pass,
  ) {
    this.#client = client;
    this.#broker = broker;
    const closed = [client, broker].map((socket) =>
      new Promise<void>((resolve) => socket.once("close", () => resolve()))
    );
    this.ended = Promise.all(closed).then(() => {});
    for (const socket of [client, broker]) {
      socket.on("error", () => this.end("reset"));
    }
    this.#pump("up", client, broker, pass);
    this.#pump("down", broker, client, pass);
  }

  /** Aborts when the connection ends. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** Lets nothing through in a direction until `release`. */
  hold(direction: Direction): void {
    if (this.#gates.has(direction)) return;
    this.#gates.set(direction, Promise.withResolvers());
  }

  /** Ends a `hold`. */
  release(direction: Direction): void {
    this.#gates.get(direction)?.resolve();
    this.#gates.delete(direction);
  }

  /** Ends the connection after so many more bytes in a direction. */
  cut(direction: Direction, bytes: number, ending: Ending): void {
    this.#cuts.set(direction, { left: bytes, ending });
  }

  /** Ends the connection now; what is on its way is lost. */
  end(ending: Ending): void {
    if (this.signal.aborted) return;
    this.#over.abort();
    for (const direction of ["up", "down"] as const) this.release(direction);
    for (const socket of [this.#client, this.#broker]) {
      // One that is not connected yet can't be reset.
      if (ending === "reset" && !socket.connecting) socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  async #pump(
    direction: Direction,
    from: Socket,
    to: Socket,
    pass: Pass,
  ): Promise<void> {
    try {
      // Otherwise the end of one direction would end the other, too.
      const chunks = from.iterator({ destroyOnReturn: false });
      for await (const chunk of chunks) {
        let rest: Uint8Array = chunk;
        while (rest.length > 0) {
          const most = await pass(rest.length, this.signal);
          await this.#gates.get(direction)?.promise;
          if (this.signal.aborted) return;
          const cut = this.#cuts.get(direction);
          const size = Math.min(most, cut?.left ?? Infinity);
          const hasRoom = to.write(rest.subarray(0, size));
          rest = rest.subarray(size);
          if (cut !== undefined && (cut.left -= size) <= 0) {
            await new Promise((resolve) => to.write("", resolve));
            return this.end(cut.ending);
          }
          if (!hasRoom) await once(to, "drain", { signal: this.signal });
        }
      }
      to.end();
    } catch {
      // The connection was lost, or its peer isn't there.
      this.end("reset");
    }
  }
}
