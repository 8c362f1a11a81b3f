import { PigpioConnection, PigpioError } from "./pigpio.ts";
import { parsePigpioUrl } from "./pigpio_url.ts";

/** What a light sensor reads. */
export interface LightSource {
  /** Gives the luminosity: 0 is dark and 1 is full light, give or take noise. */
  read(): number | Promise<number>;
  /** Lets go of all. */
  close(): void | Promise<void>;
}

const LARGEST_STEP = 0.05;

/** Simulates light that wanders: each reading is near the one before. */
export function simulateLight(): LightSource {
  let light = Math.random();
  return {
    read() {
      light += (Math.random() * 2 - 1) * LARGEST_STEP;
      // It turns back where it would leave the range.
      light = light > 1 ? 2 - light : Math.abs(light);
      return light;
    },
    close() {},
  };
}

const BUS = 1;
const ADDRESS = 0x48;

// The ADS1115's datasheet (SBAS444), section "Register Map".
const CONVERSION_REGISTER = 0;
const CONFIG_REGISTER = 1;
/** Written: start a conversion. Read: none is under way. */
const OS = 0x8000;
/** In bits 14 to 12, 4 to 7 is a channel against ground. */
const CHANNEL_0 = 4;
/** The volts of the largest value, by the number in bits 11 to 9. */
const RANGES = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256];
const SINGLE_SHOT = 0x0100;
/** A conversion then takes 8 ms. */
const SAMPLES_128_PER_SECOND = 0x0080;
const NO_COMPARATOR = 0x0003;

/** Many times what a conversion takes, in milliseconds. */
const PATIENCE = 1_000;

/** All channels share one converter, so conversions take turns. */
let turn: Promise<unknown> = Promise.resolve();

/**
 * Opens one channel of an ADS1115 on the I²C bus of a Raspberry Pi, and reads it
 * for the first time.
 *
 * @throws {TypeError} If the source isn't the URL of a channel.
 * @throws {RangeError} If no range of the ADS1115 holds the full scale.
 * @throws {Error} If the daemon can't be reached, or the ADS1115 doesn't answer.
 */
export async function openAds1115(
  source: string,
  fullScale: number,
): Promise<LightSource> {
  const url = parsePigpioUrl(
    "Light sensor",
    source,
    "pigpio://localhost:8888/ads1115/0",
  );
  const [device, channel] = url.path as [string, string];
  if (device !== "ads1115") {
    throw new TypeError(`Light sensor "${device}" is not known: use ads1115`);
  }
  if (!/^[0-3]$/.test(channel)) {
    throw new TypeError(`Channel "${channel}" is not 0, 1, 2 or 3`);
  }
  const range = findRange(fullScale);
  using opened = new DisposableStack();
  const connection = opened.use(await PigpioConnection.open(url));
  const converter = await Ads1115.open(connection, url.label);
  const read = async () =>
    await converter.measure(Number(channel), range) / fullScale;
  await read();
  const resources = opened.move();
  return {
    read,
    async close() {
      await converter.close();
      resources.dispose();
    },
  };
}

/** Gives the number of the smallest range that holds some volts. */
function findRange(volts: number): number {
  const range = RANGES.findLastIndex((largest) => largest >= volts);
  if (volts > 0 && range >= 0) return range;
  throw new RangeError(
    `Full scale is ${volts}: it must be a number of volts above 0, and ${
      RANGES[0]
    } at most`,
  );
}

class Ads1115 {
  readonly #connection: PigpioConnection;
  readonly #handle: number;
  readonly #name: string;

  private constructor(
    connection: PigpioConnection,
    handle: number,
    name: string,
  ) {
    this.#connection = connection;
    this.#handle = handle;
    this.#name = name;
  }

  static async open(
    connection: PigpioConnection,
    label: string,
  ): Promise<Ads1115> {
    const noFlags = new Uint8Array(4);
    const { result } = await connection
      .command("I2CO", [BUS, ADDRESS], noFlags);
    const name = `ADS1115 at I²C address 0x${
      ADDRESS.toString(16)
    } of the pigpio daemon at ${label}`;
    return new Ads1115(connection, result, name);
  }

  /** Converts the voltage of a channel to a number of volts. */
  measure(channel: number, range: number): Promise<number> {
    const measured = turn.then(() => this.#convert(channel, range));
    turn = measured.catch(() => {});
    return measured;
  }

  async #convert(channel: number, range: number): Promise<number> {
    const config = OS | CHANNEL_0 + channel << 12 | range << 9 | SINGLE_SHOT |
      SAMPLES_128_PER_SECOND | NO_COMPARATOR;
    await this.#transfer("I2CWD", [CONFIG_REGISTER, config >> 8, config & 255]);
    const start = performance.now();
    while ((await this.#readRegister(CONFIG_REGISTER) & OS) === 0) {
      if (performance.now() - start < PATIENCE) continue;
      throw new Error(`${this.#name} does not finish its conversion`);
    }
    const value = await this.#readRegister(CONVERSION_REGISTER);
    return value / 2 ** 15 * RANGES[range]!;
  }

  /** Gives a register's value, which is signed and comes high byte first. */
  async #readRegister(register: number): Promise<number> {
    await this.#transfer("I2CWD", [register]);
    const { buffer } = await this.#transfer("I2CRD", [], 2);
    return new DataView(buffer).getInt16(0);
  }

  async #transfer(
    command: "I2CWD" | "I2CRD",
    bytes: number[],
    count = 0,
  ): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const { data } = await this.#connection
        .command(command, [this.#handle, count], new Uint8Array(bytes));
      return data;
    } catch (error) {
      if (!(error instanceof PigpioError)) throw error;
      throw new Error(`${this.#name} does not answer: ${error.reason}`, {
        cause: error,
      });
    }
  }

  /** Gives back the daemon's handle, after the conversion that is under way. */
  async close(): Promise<void> {
    const closed = turn.then(() =>
      this.#connection.command("I2CC", [this.#handle])
    );
    // A daemon that went away has closed it.
    await closed.catch(() => {});
  }
}
