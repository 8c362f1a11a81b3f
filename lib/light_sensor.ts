import process from "node:process";
import {
  type LightSource,
  openAds1115,
  simulateLight,
} from "./inputs/light_sources.ts";

/** Options of {@linkcode LightSensor.open}. */
export interface LightSensorOptions {
  /**
   * A sensor on a Raspberry Pi, such as `pigpio://localhost:8888/ads1115/0`: its pigpio
   * daemon, and the channel 0 to 3 of an ADS1115 at I²C address 0x48. The variable
   * `LIGHT`, then a simulation, unless given.
   */
  source?: string;
  /** The volts that are 100 %, up to 6.144; 3.3 unless given, the Pi's supply. */
  fullScale?: number;
}

/**
 * A light sensor (document fr, exercise 4): a simulation, or what an ADS1115
 * converter measures on a Raspberry Pi.
 *
 * @example Reading a percentage
 * ```ts
 * import { LightSensor } from "./mod.ts";
 * import { assert } from "@std/assert";
 *
 * await using sensor = await LightSensor.open();
 * const luminosity = await sensor.read();
 * assert(luminosity >= 0 && luminosity <= 100);
 * ```
 */
export class LightSensor implements AsyncDisposable {
  readonly #source: LightSource;

  private constructor(source: LightSource) {
    this.#source = source;
  }

  /**
   * Opens the sensor. Dispose of it when you need it no more.
   *
   * @throws {TypeError | RangeError} If the source or the full scale isn't one.
   * @throws {Error} If the pigpio daemon can't be reached, or the ADS1115 doesn't answer.
   */
  static async open(options: LightSensorOptions = {}): Promise<LightSensor> {
    const { source = process.env.LIGHT, fullScale = 3.3 } = options;
    if (!source) return new LightSensor(simulateLight());
    return new LightSensor(await openAds1115(source, fullScale));
  }

  /**
   * Measures the luminosity: a percentage from 0 to 100, not rounded. Throws if the
   * pigpio daemon went away, or the ADS1115 doesn't answer.
   */
  async read(): Promise<number> {
    return Math.min(Math.max(await this.#source.read() * 100, 0), 100);
  }

  /** Lets go of the sensor. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.close();
  }
}
