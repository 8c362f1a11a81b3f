/**
 * The part of pigpio's socket protocol that the inputs need
 * (https://abyz.me.uk/rpi/pigpio/sif.html).
 *
 * npm's pigpio-client 1.5.2 speaks all of it, but all its clients share one
 * state, so that with two of them (a button and a light sensor) the end of the
 * daemon is told to only one; commands that wait when the daemon goes away never
 * settle; and it prints on standard output that it can't connect.
 *
 * @module
 */
import { decapitalize } from "../errors.ts";
import type { PigpioUrl } from "./pigpio_url.ts";

const COMMANDS = {
  MODES: 0,
  PUD: 2,
  NB: 19,
  I2CO: 54,
  I2CC: 55,
  I2CRD: 56,
  I2CWD: 57,
  FG: 97,
  NOIB: 99,
};

const REASONS: Record<number, string> = {
  [-2]: "it is not a GPIO that programs may use",
  [-3]: "there is no such GPIO",
  [-24]: "too many programs are connected",
  [-41]: "there is no permission to use this GPIO",
  [-71]: "the I²C bus can't be opened",
  [-82]: "writing on the I²C bus failed",
  [-83]: "reading from the I²C bus failed",
};

/** How long connecting and each answer may take, in milliseconds. */
const PATIENCE = 5_000;

/** The daemon sends a report each minute, if only to say that it is alive. */
const LONGEST_SILENCE = 130_000;

/** The daemon answered that it can't do what a command asks for. */
export class PigpioError extends Error {
  override readonly name = "PigpioError";
  /** The code in words. */
  readonly reason: string;

  constructor(daemon: string, command: string, code: number) {
    const reason = `${REASONS[code] ?? "it failed"} (code ${code})`;
    super(`${daemon} refused ${command}: ${reason}`);
    this.reason = reason;
  }
}

/** A connection to a pigpio daemon, for one command at a time. */
export class PigpioConnection implements Disposable {
  readonly #socket: Deno.TcpConn;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #daemon: string;
  #failure: Error | undefined;

  private constructor(socket: Deno.TcpConn, daemon: string) {
    this.#socket = socket;
    this.#writer = socket.writable.getWriter();
    this.#daemon = daemon;
  }

  /**
   * Connects to the daemon that a URL names.
   *
   * @throws {Error} If it can't be reached; the signal's reason if that aborts.
   */
  static async open(
    { hostname, port, label }: PigpioUrl,
    signal?: AbortSignal,
  ): Promise<PigpioConnection> {
    const late = AbortSignal.timeout(PATIENCE);
    try {
      const socket = await Deno.connect({
        hostname,
        port,
        signal: AbortSignal.any(signal === undefined ? [late] : [late, signal]),
      });
      return new PigpioConnection(socket, `Pigpio daemon at ${label}`);
    } catch (error) {
      signal?.throwIfAborted();
      const reason = late.aborted
        ? "no answer came in time"
        : error instanceof Deno.errors.ConnectionRefused
        ? "connection refused (is pigpiod running there?)"
        : decapitalize((error as Error).message);
      throw new Error(
        `Pigpio daemon at ${label} can't be reached: ${reason}`,
        { cause: error },
      );
    }
  }

  /**
   * Sends a command and waits for its result.
   *
   * @returns The result, and what came with it.
   * @throws {PigpioError} If the result is negative.
   * @throws {Error} If the daemon goes away, or doesn't answer in time.
   */
  async command(
    name: keyof typeof COMMANDS,
    parameters: readonly [p1?: number, p2?: number] = [],
    extension: Uint8Array = new Uint8Array(),
  ): Promise<{ result: number; data: Uint8Array<ArrayBuffer> }> {
    const [p1 = 0, p2 = 0] = parameters;
    const frame = new Uint8Array(16 + extension.length);
    const fields = [COMMANDS[name], p1, p2, extension.length];
    const view = new DataView(frame.buffer);
    fields.forEach((field, index) => view.setUint32(index * 4, field, true));
    frame.set(extension, 16);
    // What can't be written is told by the answer, which then doesn't come.
    this.#writer.write(frame).catch(() => {});
    const answer = await this.#read(16, PATIENCE);
    if (answer.getUint32(0, true) !== COMMANDS[name]) {
      throw this.#fail("does not answer as pigpio does (is this its port?)");
    }
    const result = answer.getInt32(12, true);
    if (result < 0) {
      const asked = `${name} ${parameters.join(", ")}`;
      throw new PigpioError(this.#daemon, asked, result);
    }
    const length = name === "I2CRD" ? result : 0;
    const { buffer } = await this.#read(length, PATIENCE);
    return { result, data: new Uint8Array(buffer) };
  }

  /**
   * Waits for the next report, after NOIB and NB.
   *
   * @param patience How long the daemon may be silent, in milliseconds.
   * @returns Its flags, and the level of each GPIO as one bit.
   * @throws {Error} If the daemon goes away.
   */
  async report(
    patience = LONGEST_SILENCE,
  ): Promise<{ flags: number; levels: number }> {
    const report = await this.#read(12, patience);
    return {
      flags: report.getUint16(2, true),
      levels: report.getUint32(8, true),
    };
  }

  async #read(
    length: number,
    patience: number,
  ): Promise<DataView<ArrayBuffer>> {
    const timer = setTimeout(() => this.#fail("does not answer"), patience);
    let cause: unknown;
    try {
      const bytes = await readExactly(this.#socket, length);
      if (bytes !== null) return new DataView(bytes.buffer);
    } catch (error) {
      cause = error;
    } finally {
      clearTimeout(timer);
    }
    throw this.#fail("went away", { cause });
  }

  /** Closes the connection for the first reason that there is. */
  #fail(what: string, options?: ErrorOptions): Error {
    if (this.#failure === undefined) {
      this.#failure = new Error(`${this.#daemon} ${what}`, options);
      this.#socket.close();
    }
    return this.#failure;
  }

  /** Closes the connection; the daemon then forgets its notifications. */
  [Symbol.dispose](): void {
    this.#fail("was closed");
  }
}

/**
 * Reads a number of bytes.
 *
 * @returns The bytes, or `null` if the connection ends before them.
 */
export async function readExactly(
  connection: Pick<Deno.Conn, "read">,
  length: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(length);
  for (let filled = 0; filled < length;) {
    const count = await connection.read(bytes.subarray(filled));
    if (count === null) return null;
    filled += count;
  }
  return bytes;
}
