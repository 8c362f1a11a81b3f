const SIGNALS: Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGQUIT"];

const GRACE = 1000;

/**
 * Notices that the program is asked to stop: Ctrl-C, or SIGTERM and SIGQUIT
 * where the system has them (document zh-hant, `stop_all`). One more, a second or
 * more later, ends the program at once.
 *
 * @example A service that tidies up when it is stopped
 * ```ts
 * import { StopSignal } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * using stop = new StopSignal();
 * // await stop.requested;
 * assertEquals(stop.signal.aborted, false);
 * ```
 */
export class StopSignal implements Disposable {
  /** Aborts when the program is asked to stop. */
  readonly signal: AbortSignal;
  /** Resolves when the program is asked to stop. */
  readonly requested: Promise<void>;
  readonly #stop: () => void;
  readonly #alsoStopBy: AbortSignal | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;

  /** Begins to listen; `alsoStopBy` asks for the same. */
  constructor(alsoStopBy?: AbortSignal) {
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.signal = controller.signal;
    this.requested = promise;
    this.#stop = () => {
      // A terminal and a program around this one may both pass on one Ctrl-C.
      this.#grace ??= setTimeout(() => this[Symbol.dispose](), GRACE);
      controller.abort();
      resolve();
    };
    this.#alsoStopBy = alsoStopBy;
    for (const name of SIGNALS) Deno.addSignalListener(name, this.#stop);
    if (alsoStopBy?.aborted) this.#stop();
    else alsoStopBy?.addEventListener("abort", this.#stop);
  }

  /** Listens no more. */
  [Symbol.dispose](): void {
    clearTimeout(this.#grace);
    for (const name of SIGNALS) Deno.removeSignalListener(name, this.#stop);
    this.#alsoStopBy?.removeEventListener("abort", this.#stop);
  }
}
