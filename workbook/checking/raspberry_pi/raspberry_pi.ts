/**
 * What a pigpio daemon controls: a Raspberry Pi with a button on each GPIO, and an
 * ADS1115 on its I²C bus.
 *
 * @module
 */
import { FakeAds1115 } from "./ads1115.ts";
import { FakeGpio, Notifications, type Step } from "./gpio.ts";

/** A command with its parameters, and what follows them. */
export interface Command {
  /** The command's number. */
  command: number;
  /** The first parameter. */
  p1: number;
  /** The second parameter. */
  p2: number;
  /** The bytes after the four fields. */
  extension: Uint8Array;
}

// pigpio.h's error codes.
const BAD_USER_GPIO = -2;
const BAD_GPIO = -3;
const BAD_MODE = -4;
const BAD_PUD = -6;
const BAD_HANDLE = -25;
const NOT_PERMITTED = -41;
const I2C_OPEN_FAILED = -71;
const BAD_I2C_ADDRESS = -75;
const I2C_WRITE_FAILED = -82;
const I2C_READ_FAILED = -83;
const UNKNOWN_COMMAND = -88;
const BAD_FILTER = -125;

/** The GPIOs that a Raspberry Pi's 40 pins offer to programs. */
const isPermitted = (gpio: number) => gpio >= 2 && gpio <= 27 || gpio > 31;

/** The flag of a report that tells of no change. */
const ALIVE = 1 << 6;

const I2C_BUS = 1;
const ADS1115_ADDRESS = 0x48;

/** A Raspberry Pi 4 with pigpio 79. */
const HARDWARE_REVISION = 0xc03111;
const PIGPIO_VERSION = 79;

/** The hardware, and what the daemon keeps of it. */
export class FakeRaspberryPi {
  /** The GPIOs 0 to 31. */
  readonly gpios = Array.from({ length: 32 }, () => new FakeGpio());
  /** The converter, unless it was taken off the bus. */
  ads1115: FakeAds1115 | undefined = new FakeAds1115();
  /** What clients asked to be told. */
  readonly notifications = new Notifications();
  /** Called with each GPIO that a client reads or begins to watch. */
  onWatch: (gpio: number) => void = () => {};
  /** The I²C addresses of the handles that are open. */
  readonly #devices = new Map<number, number>();
  #handles = 0;
  /** How far the buttons' moves are ahead of the real time. */
  #ahead = 0;

  /** How many I²C handles are open. */
  get openDevices(): number {
    return this.#devices.size;
  }

  /** The microseconds since the start, as 32 bits. */
  get tick(): number {
    return Math.floor(performance.now() * 1000 + this.#ahead) >>> 0;
  }

  /** Moves a GPIO through some levels, in no time, and tells who watches it. */
  play(gpio: number, steps: readonly Step[]): void {
    const edges = this.gpios[gpio]!.play(steps, this.tick);
    for (const [, microseconds] of steps) this.#ahead += microseconds;
    const others = this.#levels(({ told }) => told) & ~(1 << gpio);
    for (const { level, tick } of edges) {
      const levels = others | level << gpio;
      this.notifications.send({ flags: 0, tick, levels }, gpio);
    }
  }

  /** Tells each client that the daemon is there, as it does once a minute. */
  stayAlive(): void {
    const levels = this.#levels(({ told }) => told);
    this.notifications.send({ flags: ALIVE, tick: this.tick, levels });
  }

  #levels(level: (gpio: FakeGpio) => number): number {
    return this.gpios.reduce(
      (bits, gpio, index) => (bits | level(gpio) << index) >>> 0,
      0,
    );
  }

  /** Carries out a command; gives its result, or the bytes that were read. */
  execute({ command, p1, p2, extension }: Command): number | Uint8Array {
    switch (command) {
      case 0: // MODES
        if (!isPermitted(p1)) return NOT_PERMITTED;
        if (p2 > 7) return BAD_MODE;
        return this.#set(p1, BAD_GPIO, (gpio) => gpio.mode = p2);
      case 1: // MODEG
        return this.gpios[p1]?.mode ?? BAD_GPIO;
      case 2: // PUD
        if (!isPermitted(p1)) return NOT_PERMITTED;
        if (p2 > 2) return BAD_PUD;
        return this.#set(p1, BAD_GPIO, (gpio) => gpio.pull = p2);
      case 3: // READ
        this.onWatch(p1);
        return this.gpios[p1]?.level ?? BAD_GPIO;
      case 10: // BR1
        return this.#levels(({ level }) => level);
      case 16: // TICK
        return this.tick;
      case 17: // HWVER
        return HARDWARE_REVISION;
      case 19: // NB
        return this.#watch(p1, p2);
      case 21: // NC
        return this.notifications.close(p1) ? 0 : BAD_HANDLE;
      case 26: // PIGPV
        return PIGPIO_VERSION;
      case 54: // I2CO
        return this.#openDevice(p1, p2);
      case 55: // I2CC
        return this.#devices.delete(p1) ? 0 : BAD_HANDLE;
      case 56: // I2CRD
        if (!this.#devices.has(p1)) return BAD_HANDLE;
        return this.#device(p1)?.read(p2) ?? I2C_READ_FAILED;
      case 57: // I2CWD
        if (!this.#devices.has(p1)) return BAD_HANDLE;
        if (this.#device(p1) === undefined) return I2C_WRITE_FAILED;
        this.#device(p1)?.write(extension);
        return 0;
      case 97: // FG
        if (p2 > 300_000) return BAD_FILTER;
        return this.#set(p1, BAD_USER_GPIO, (gpio) => gpio.steady = p2);
      case 115: // EVM, for events that never come
        return this.notifications.has(p1) ? 0 : BAD_HANDLE;
      default:
        return UNKNOWN_COMMAND;
    }
  }

  #set(number: number, error: number, change: (gpio: FakeGpio) => void) {
    const gpio = this.gpios[number];
    if (gpio === undefined) return error;
    change(gpio);
    return 0;
  }

  #watch(handle: number, bits: number): number {
    if (!this.notifications.watch(handle, bits)) return BAD_HANDLE;
    this.gpios.forEach((_, gpio) => bits >>> gpio & 1 && this.onWatch(gpio));
    return 0;
  }

  #openDevice(bus: number, address: number): number {
    if (bus !== I2C_BUS) return I2C_OPEN_FAILED;
    if (address > 0x7f) return BAD_I2C_ADDRESS;
    const handle = this.#handles++;
    this.#devices.set(handle, address);
    return handle;
  }

  /** The device that a handle is open for, if it answers. */
  #device(handle: number): FakeAds1115 | undefined {
    const address = this.#devices.get(handle);
    return address === ADS1115_ADDRESS ? this.ads1115 : undefined;
  }
}
