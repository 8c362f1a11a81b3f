/**
 * Listens to SIGHUP, where the system has it. A service is told with it to read
 * its files again. It also comes when the terminal of a program is closed: a
 * program that nobody can see or stop any longer must end.
 */
export class HangupSignal implements Disposable {
  /** Aborts when the program has lost its terminal. */
  readonly terminalLost: AbortSignal;
  /** Is called at each other SIGHUP. */
  onReload: () => void = () => {};
  readonly #listen: () => void;

  /** Begins to listen. */
  constructor() {
    const controller = new AbortController();
    this.terminalLost = controller.signal;
    const hadTerminal = hasTerminal();
    this.#listen = () => {
      if (hadTerminal && !hasTerminal()) controller.abort();
      else this.onReload();
    };
    if (Deno.build.os === "windows") return;
    Deno.addSignalListener("SIGHUP", this.#listen);
  }

  /** Listens no more. */
  [Symbol.dispose](): void {
    if (Deno.build.os === "windows") return;
    Deno.removeSignalListener("SIGHUP", this.#listen);
  }
}

function hasTerminal(): boolean {
  return [Deno.stdin, Deno.stdout, Deno.stderr]
    .some((stream) => stream.isTerminal());
}
