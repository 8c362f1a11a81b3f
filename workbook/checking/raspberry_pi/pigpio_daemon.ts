/**
 * A pigpio daemon for tests, without a Raspberry Pi. It speaks the real one's
 * socket protocol (https://abyz.me.uk/rpi/pigpio/sif.html): frames of four
 * little-endian numbers of 32 bits, the last of which is the length of what
 * follows, or the result.
 *
 * @module
 */
import { readExactly } from "../../../lib/inputs/pigpio.ts";
import type { Step } from "./gpio.ts";
import { type Command, FakeRaspberryPi } from "./raspberry_pi.ts";

/** A daemon that runs. Disposing of it ends all connections. */
interface PigpioDaemon extends AsyncDisposable {
  /** Its port on 127.0.0.1. */
  port: number;
  /** Its address, to which `/26` or `/ads1115/0` is added. */
  url: string;
  /** How many clients are connected. */
  connections(): number;
  /** Waits until no client is connected. */
  left(): Promise<unknown>;
  /** How many I²C handles are open. */
  openDevices(): number;
  /** Waits until a client watches a GPIO, or reads it in a loop of its own. */
  watched(pin: number): Promise<void>;
  /** Waits until a client reads a GPIO, unless one is told of its changes. */
  noticed(pin: number): Promise<void>;
  /** What clients have set: the mode, the pull (2 is up), the glitch filter. */
  settings(pin: number): { mode: number; pull: number; steady: number };
  /** Presses the button and holds it down, with clean contacts. */
  press(pin: number): void;
  /** Lets go of the button, with clean contacts. */
  release(pin: number): void;
  /** Presses the button if it is up, else lets go of it; its contacts bounce. */
  bounce(pin: number): void;
  /** Takes a GPIO through levels that last some microseconds each. */
  play(pin: number, steps: readonly Step[]): void;
  /** Tells each client that the daemon is there, as it does once a minute. */
  stayAlive(): void;
  /** Shines a light: 0 is dark, and 1 puts 3.3 V on the channel. */
  setLight(channel: number, fraction: number): void;
  /** Takes the ADS1115 off the bus: it answers no more. */
  unplugAds1115(): void;
}

/** The volts of full light: the Raspberry Pi's supply. */
const SUPPLY = 3.3;

/** Longer than any glitch filter, in microseconds. */
const REST = 400_000;

/** How long contacts touch and part in turn while they bounce: 4 ms in all. */
const BOUNCES = [300, 200, 900, 1_700, 150, 750];

const NOIB = 99;

/**
 * Starts a daemon on a free port of 127.0.0.1.
 *
 * @returns The daemon, with a button up on each GPIO, and no light.
 */
export function startPigpioDaemon(): PigpioDaemon {
  const pi = new FakeRaspberryPi();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Map<Deno.TcpConn, Promise<void>>();
  const watched = pi.gpios.map(() => Promise.withResolvers<void>());
  const read = pi.gpios.map(() => Promise.withResolvers<void>());
  pi.onWatch = (gpio) => {
    watched[gpio]?.resolve();
    read[gpio]?.resolve();
    if (gpio in read) read[gpio] = Promise.withResolvers();
  };

  async function accept(): Promise<void> {
    for await (const connection of listener) {
      const served = serve(pi, connection)
        .finally(() => connections.delete(connection));
      connections.set(connection, served);
    }
  }
  const accepting = accept();

  async function stop(): Promise<void> {
    listener.close();
    await accepting;
    for (const connection of connections.keys()) close(connection);
    await Promise.all(connections.values());
  }
  let stopped: Promise<void> | undefined;

  const { port } = listener.addr;
  const change = (pin: number, level: 0 | 1) => pi.play(pin, [[level, REST]]);
  return {
    port,
    url: `pigpio://127.0.0.1:${port}`,
    connections: () => connections.size,
    left: () => Promise.all(connections.values()),
    openDevices: () => pi.openDevices,
    watched: (pin) => watched[pin]!.promise,
    noticed: (pin) =>
      pi.notifications.isWatched(pin) ? Promise.resolve() : read[pin]!.promise,
    settings(pin) {
      const { mode, pull, steady } = pi.gpios[pin]!;
      return { mode, pull, steady };
    },
    press: (pin) => change(pin, 0),
    release: (pin) => change(pin, 1),
    bounce(pin) {
      const [before, after]: (0 | 1)[] = pi.gpios[pin]!.level === 1
        ? [1, 0]
        : [0, 1];
      const steps = BOUNCES.map((microseconds, index): Step =>
        index % 2 === 0 ? [after!, microseconds] : [before!, microseconds]
      );
      pi.play(pin, [...steps, [after!, REST]]);
    },
    play: (pin, steps) => pi.play(pin, steps),
    stayAlive: () => pi.stayAlive(),
    setLight(channel, fraction) {
      if (pi.ads1115) pi.ads1115.volts[channel] = fraction * SUPPLY;
    },
    unplugAds1115() {
      pi.ads1115 = undefined;
    },
    [Symbol.asyncDispose]: () => stopped ??= stop(),
  };
}

/** Carries out a client's commands until it leaves. */
async function serve(
  pi: FakeRaspberryPi,
  connection: Deno.TcpConn,
): Promise<void> {
  const writer = connection.writable.getWriter();
  // To a client that has left, nothing is sent.
  const send = (bytes: Uint8Array) => void writer.write(bytes).catch(() => {});
  try {
    for (;;) {
      const command = await readCommand(connection);
      if (command === null) break;
      const outcome = command.command === NOIB
        ? pi.notifications.open(connection, send)
        : pi.execute(command);
      send(encodeAnswer(command, outcome));
    }
  } catch {
    // The client has reset the connection, or the daemon is being stopped.
  } finally {
    pi.notifications.forget(connection);
    close(connection);
  }
}

async function readCommand(
  connection: Deno.TcpConn,
): Promise<Command | null> {
  const header = await readExactly(connection, 16);
  if (header === null) return null;
  const [command, p1, p2, length] = [0, 4, 8, 12].map((offset) =>
    new DataView(header.buffer).getUint32(offset, true)
  ) as [number, number, number, number];
  const extension = await readExactly(connection, length);
  return extension && { command, p1, p2, extension };
}

function encodeAnswer(
  { command, p1, p2 }: Command,
  outcome: number | Uint8Array,
): Uint8Array {
  const [result, data] = typeof outcome === "number"
    ? [outcome, new Uint8Array()]
    : [outcome.length, outcome];
  const answer = new Uint8Array(16 + data.length);
  const view = new DataView(answer.buffer);
  [command, p1, p2, result].forEach((field, index) =>
    view.setUint32(index * 4, field, true)
  );
  answer.set(data, 16);
  return answer;
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // The other side of this connection was the first to close it.
  }
}
