import process from "node:process";
import {
  openGpioButton,
  openKeyboard,
  type PressSource,
} from "./inputs/press_sources.ts";
import { StopSignal } from "./stop_signal.ts";

/** Options of {@linkcode Button.open}. */
export interface ButtonOptions {
  /**
   * A button on a Raspberry Pi, such as `pigpio://localhost:8888/26`: its pigpio daemon,
   * and the GPIO that the button connects to ground. The variable `BUTTON`, then the
   * keyboard, unless given.
   */
  source?: string;
  /** Ends the loop over the presses, as Ctrl-C does. */
  signal?: AbortSignal;
}

/**
 * A push button (document fr, exercises 2 and 5). It gives its presses, numbered from
 * 1, to a loop that ends at Ctrl-C, SIGTERM, `options.signal`, or the end of standard
 * input. Presses before the loop wait for it.
 *
 * On the keyboard the button is space or Enter, which is closed with it. Presses
 * closer than 700 ms are one press of a key that is held, since a terminal doesn't
 * tell when it is released. Where standard input isn't a terminal, each of its lines
 * is one press. On a Raspberry Pi, holding the button is one press, and so is one
 * whose contacts bounce.
 *
 * @example One message for each press
 * ```ts
 * import { Button } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const signal = AbortSignal.timeout(50);
 * await using button = await Button.open({ signal });
 * let last = 0;
 * for await (const press of button) {
 *   last = press; // Here a program publishes "clic".
 * }
 * assertEquals(last, 0);
 * ```
 */
export class Button implements AsyncIterable<number>, AsyncDisposable {
  readonly #source: PressSource;
  readonly #stop: StopSignal;
  readonly #listening: Promise<void>;
  #waiting = 0;
  #given = 0;
  #end: { error?: unknown } | undefined;
  #changed = Promise.withResolvers<void>();

  private constructor(source: PressSource, stop: StopSignal) {
    this.#source = source;
    this.#stop = stop;
    stop.requested.then(() => this.#finish());
    this.#listening = this.#listen();
  }

  /**
   * Opens the button. Dispose of it when you need it no more.
   *
   * @throws {TypeError} If the source isn't a URL of this kind.
   * @throws {Error} If the pigpio daemon can't be reached, or refuses the GPIO.
   * @throws {DOMException} An `AbortError`, if a stop comes before it is open.
   */
  static async open(options: ButtonOptions = {}): Promise<Button> {
    const { source = process.env.BUTTON, signal } = options;
    const stop = new StopSignal(signal);
    try {
      return new Button(await openSource(source, stop.signal), stop);
    } catch (error) {
      stop[Symbol.dispose]();
      throw error;
    }
  }

  async #listen(): Promise<void> {
    try {
      for await (const count of this.#source.presses) {
        this.#waiting += count;
        this.#wake();
      }
      this.#finish();
    } catch (error) {
      this.#finish(error);
    }
  }

  /** Gives a terminal back at once, as the program may still have much to do. */
  #finish(error?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.#source.close();
    this.#wake();
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Gives the presses; throws if the pigpio daemon goes away. */
  async *[Symbol.asyncIterator](): AsyncGenerator<number, void, void> {
    while (!this.#stop.signal.aborted) {
      if (this.#waiting > 0) {
        this.#waiting--;
        yield ++this.#given;
      } else if (this.#end === undefined) {
        await this.#changed.promise;
      } else if (this.#end.error !== undefined) {
        throw this.#end.error;
      } else {
        return;
      }
    }
  }

  /** Ends the loop, and lets go of the keyboard or the pigpio daemon. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#finish();
    await this.#listening;
    this.#stop[Symbol.dispose]();
  }
}

async function openSource(
  source: string | undefined,
  signal: AbortSignal,
): Promise<PressSource> {
  return source ? await openGpioButton(source, signal) : openKeyboard();
}
