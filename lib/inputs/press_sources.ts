import { splitLines } from "../lines.ts";
import { PigpioConnection } from "./pigpio.ts";
import { parsePigpioUrl } from "./pigpio_url.ts";

export interface PressSource {
  /** How many presses have come, each time that some have; ends with its input. */
  readonly presses: AsyncIterable<number>;
  /** Ends the presses and lets go of all. */
  close(): void;
}

/** Longer than a terminal takes to begin and to go on repeating a held key. */
const LONGEST_REPEAT = 700;

const LINE_FEED = 0x0a;
const PRESS_KEYS = [LINE_FEED, 0x0d, 0x20];
/** Ctrl-C, where it comes as a character (Windows), and Ctrl-D. */
const END_KEYS = [0x03, 0x04];

/**
 * Opens standard input as a button: the keys of a terminal, or lines. Closing
 * the button closes standard input.
 */
export function openKeyboard(): PressSource {
  const reader = Deno.stdin.readable.getReader();
  const isTerminal = Deno.stdin.isTerminal();
  // Keys come one by one, and unless on Windows, Ctrl-C still sends SIGINT.
  const cbreak = Deno.build.os !== "windows";
  if (isTerminal) Deno.stdin.setRaw(true, { cbreak });
  const chunks = read(reader);
  return {
    presses: isTerminal ? countKeys(chunks) : countLines(chunks),
    close() {
      if (isTerminal) Deno.stdin.setRaw(false);
      // A stream that has failed is closed already, and says so once more.
      reader.cancel().catch(() => {});
    },
  };
}

async function* read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield value;
  }
}

/**
 * Counts the presses of space and Enter, of which those that follow closely are
 * repeats of a key that is held.
 */
export async function* countKeys(
  chunks: AsyncIterable<Uint8Array>,
  now: () => number = () => performance.now(),
): AsyncGenerator<number, void, void> {
  let last = -Infinity;
  for await (const chunk of chunks) {
    for (const key of chunk) {
      if (END_KEYS.includes(key)) return;
      if (!PRESS_KEYS.includes(key)) continue;
      const time = now();
      if (time - last >= LONGEST_REPEAT) yield 1;
      last = time;
    }
  }
}

/** Counts lines, each time that some are complete. */
async function* countLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<number, void, void> {
  for await (const lines of splitLines(chunks, "LF")) yield lines.length;
}

const INPUT = 0;
const PULL_UP = 2;
/** Longer than contacts bounce, shorter than a press; in microseconds. */
const STEADY = 20_000;
const HIGHEST_GPIO = 31;

/**
 * Opens a button between a GPIO of a Raspberry Pi and ground.
 *
 * @throws {TypeError} If the source isn't the URL of a GPIO.
 * @throws {Error} If the daemon can't be reached or refuses the GPIO; the signal's
 * reason if that aborts.
 */
export async function openGpioButton(
  source: string,
  signal: AbortSignal,
): Promise<PressSource> {
  const url = parsePigpioUrl("Button", source, "pigpio://localhost:8888/26");
  const gpio = parseGpio(url.path[0]!);
  using opened = new DisposableStack();
  const commands = opened.use(await PigpioConnection.open(url, signal));
  const reports = opened.use(await PigpioConnection.open(url, signal));
  await commands.command("MODES", [gpio, INPUT]);
  await commands.command("PUD", [gpio, PULL_UP]);
  // The daemon then reports no level that hasn't been steady for this long.
  await commands.command("FG", [gpio, STEADY]);
  const { result: handle } = await reports.command("NOIB");
  await commands.command("NB", [handle, 2 ** gpio]);
  const connections = opened.move();
  return {
    presses: fallingEdges(reports, gpio),
    close: () => connections.dispose(),
  };
}

/** Each report without flags is a change of the only GPIO that is watched. */
async function* fallingEdges(
  reports: PigpioConnection,
  gpio: number,
): AsyncGenerator<number, void, void> {
  for (;;) {
    const { flags, levels } = await reports.report();
    const isPressed = (levels >>> gpio & 1) === 0;
    if (flags === 0 && isPressed) yield 1;
  }
}

function parseGpio(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= HIGHEST_GPIO) return Number(text);
  throw new TypeError(
    `GPIO "${text}" is not a number from 0 to ${HIGHEST_GPIO}`,
  );
}
