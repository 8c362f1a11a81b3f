import { Buffer } from "node:buffer";
import { within } from "../deadline.ts";
import { Timer } from "../../workbook/checking/timer.ts";
import type { Input } from "./input.ts";
import type { ProbeReport } from "./probe_worker.ts";

/** What has become of an input. */
interface Outcome {
  /** Whether the broker has accepted the CONNECT. */
  isLetIn: boolean;
  /** Whether the PINGREQ at the end was answered. */
  isAnswered: boolean;
}

const CONNACK = 0x20;
const PINGRESP = Buffer.of(0xd0, 0);
/** How long an answer may take to come, where nobody knows if one comes. */
const SILENCE_MILLISECONDS = 30;

/**
 * Plays an input to a broker.
 *
 * @param deadline How many milliseconds it has for what it must do.
 * @throws {Error} If the broker doesn't read, doesn't answer what it should, or
 * doesn't close the connection after its end.
 */
export async function play(
  { transport, pieces, ending, isIntact }: Input,
  ports: { tcp: number; websocket: number },
  deadline: number,
): Promise<Outcome> {
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: ports[transport],
  });
  connection.setNoDelay(true);
  const answer = ending === "read" ? new Answer(connection) : undefined;
  const writing = writeAll(connection, pieces);
  await within("the broker to read", writing, deadline);
  using silence = new Timer();
  if (answer === undefined) {
    if (ending === "ignore") {
      silence.start(SILENCE_MILLISECONDS);
      await silence.over;
    }
    return { isLetIn: false, isAnswered: false };
  }
  const isDone = answer.until(() => answer.has(PINGRESP));
  if (isIntact) {
    await within("PINGRESP", isDone, deadline);
  } else {
    silence.start(SILENCE_MILLISECONDS);
    await Promise.race([isDone, silence.over]);
  }
  try {
    await connection.closeWrite();
  } catch (error) {
    if (!isConnectionLost(error)) throw error;
  }
  const isOver = answer.until(() => false);
  await within("the broker to close", isOver, deadline);
  return { isLetIn: answer.hasGreeting(), isAnswered: answer.has(PINGRESP) };
}

/** What the broker says, until it has closed the connection. */
class Answer {
  #bytes = Buffer.alloc(0);
  #isOver = false;
  #wake = () => {};

  constructor(connection: Deno.Conn) {
    this.#read(connection);
  }

  has(bytes: Uint8Array): boolean {
    return this.#bytes.includes(bytes);
  }

  /** Whether a CONNACK is in it that lets the client in, of any version. */
  hasGreeting(): boolean {
    let at = this.#bytes.indexOf(CONNACK);
    while (at >= 0) {
      const [length = 0, flags = 2, reason] = this.#bytes.subarray(at + 1);
      if (length >= 2 && flags <= 1 && reason === 0) return true;
      at = this.#bytes.indexOf(CONNACK, at + 1);
    }
    return false;
  }

  /** Waits for a condition, or for the end. */
  async until(condition: () => boolean): Promise<void> {
    while (!this.#isOver && !condition()) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  async #read(connection: Deno.Conn): Promise<void> {
    const chunk = new Uint8Array(65_536);
    while (true) {
      const count = await connection.read(chunk).catch(() => null);
      if (count === null) break;
      this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(0, count)]);
      this.#wake();
    }
    this.#isOver = true;
    this.#wake();
  }
}

async function writeAll(
  connection: Deno.Conn,
  pieces: Uint8Array[],
): Promise<void> {
  try {
    for (const piece of pieces) {
      for (let sent = 0; sent < piece.length;) {
        sent += await connection.write(piece.subarray(sent));
      }
    }
  } catch (error) {
    // The broker may close at any time.
    if (!isConnectionLost(error)) throw error;
  }
}

function isConnectionLost(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.NotConnected ||
    error instanceof Deno.errors.ConnectionAborted;
}

/** A well-behaved client beside the fuzzer. */
interface Probe extends AsyncDisposable {
  /** What it has said last. */
  report(): ProbeReport;
  /** Waits until all that it has sent has come back, and lets it leave. */
  end(): Promise<void>;
}

/** Starts the client in a worker, so that the fuzzer doesn't hold it up. */
export async function startProbe(port: number): Promise<Probe> {
  const module = new URL("probe_worker.ts", import.meta.url).href;
  const worker = new Worker(module, { type: "module" });
  let last: ProbeReport | undefined;
  let wake = () => {};
  const until = async (condition: (report: ProbeReport) => boolean) => {
    while (last === undefined || !condition(last)) {
      const more = new Promise<void>((resolve) => wake = resolve);
      await within("the client beside", more, 30_000);
    }
    if (last.error !== undefined) throw new Error(last.error);
  };
  worker.onmessage = ({ data }: MessageEvent<ProbeReport>) => {
    last = data;
    wake();
  };
  worker.postMessage(`mqtt://127.0.0.1:${port}`);
  await until(({ received, error }) => received > 0 || error !== undefined);
  return {
    report: () => last!,
    async end() {
      worker.postMessage("end");
      await until(({ isOver, error }) => isOver || error !== undefined);
    },
    [Symbol.asyncDispose]() {
      worker.terminate();
      return Promise.resolve();
    },
  };
}
