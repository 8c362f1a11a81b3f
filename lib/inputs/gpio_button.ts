import { PigpioConnection } from "./pigpio.ts";
import { parsePigpioUrl } from "./pigpio_url.ts";
import type { PressSource } from "./press_source.ts";

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
