/**
 * A push button on a Raspberry Pi, which a check presses.
 *
 * @module
 */
import { startPigpioDaemon } from "./raspberry_pi/pigpio_daemon.ts";
import type { StudentProgram } from "./student_program.ts";
import type { StartOptions, Trial } from "./trial.ts";

const GPIO = 26;

/** How long a quick finger stays down, and then up, in milliseconds. */
const QUICK = 100;

/** How long it stays for a program that reads the GPIO, but hasn't yet. */
const SLOW = 500;

/** A button at GPIO 26 of a pigpio daemon of its own, which disposing of it ends. */
export class GpioButton implements AsyncDisposable {
  readonly #daemon = startPigpioDaemon();

  /** What tells a program where the button is, and lets it go there. */
  get startOptions(): StartOptions {
    const { url, port } = this.#daemon;
    return {
      variables: {
        BUTTON: `${url}/${GPIO}`,
        // Those of pigpio's own libraries
        PIGPIO_ADDR: "127.0.0.1",
        PIGPIO_PORT: `${port}`,
      },
      network: [`127.0.0.1:${port}`],
    };
  }

  /**
   * Starts a program with this button, and waits until it is connected to the
   * broker and watches the button.
   *
   * @param trial The trial that starts it.
   * @param url Another address than that of the trial's broker.
   */
  async start(
    trial: Trial,
    url: string = trial.broker.url,
  ): Promise<StudentProgram> {
    const program = trial.start("main", { ...this.startOptions, url });
    await trial.connected();
    await trial.resolved(
      `the program to watch GPIO ${GPIO} through the pigpio daemon`,
      this.#daemon.watched(GPIO),
      () => [{
        when: program.code === undefined,
        words: "It doesn't look where the button is: the variable BUTTON says.",
      }],
    );
    return program;
  }

  /** Presses the button and holds it down: at least for a moment. */
  press(): Promise<void> {
    this.#daemon.press(GPIO);
    return this.#stay();
  }

  /** Lets go of the button, at least for a moment. */
  release(): Promise<void> {
    this.#daemon.release(GPIO);
    return this.#stay();
  }

  /** Presses the button, or lets go of it, and its contacts bounce. */
  bounce(): Promise<void> {
    this.#daemon.bounce(GPIO);
    return this.#stay();
  }

  /** Clicks some times, as fast as a finger can. */
  async click(times: number): Promise<void> {
    for (let click = 0; click < times; click++) {
      await this.press();
      await this.release();
    }
  }

  async #stay(): Promise<void> {
    const noticed = this.#daemon.noticed(GPIO);
    await pause(QUICK);
    await pause(SLOW - QUICK, noticed);
  }

  /** Ends the daemon. */
  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#daemon[Symbol.asyncDispose]();
  }
}

/** Waits some milliseconds, unless something comes early. */
async function pause(
  milliseconds: number,
  early?: Promise<void>,
): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race(early === undefined ? [late] : [late, early]);
  clearTimeout(timer);
}
