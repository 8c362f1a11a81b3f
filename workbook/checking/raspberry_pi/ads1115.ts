/**
 * An ADS1115 analogue-to-digital converter, as its datasheet (SBAS444) has it: of its
 * modes, the one that converts an input against ground when it is told to.
 *
 * @module
 */

/** The volts of the largest value, by the gain's number. */
const FULL_SCALES = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];
/** Conversions each second, by the data rate's number. */
const RATES = [8, 16, 32, 64, 128, 250, 475, 860];

const CONVERSION = 0;
const CONFIG = 1;
const READY = 0x8000;

/** A converter on an I²C bus, powered up a moment ago. */
export class FakeAds1115 {
  /** The volts at each input. */
  readonly volts = [0, 0, 0, 0];
  readonly #registers = [0, 0x8583, 0x8000, 0x7fff];
  #pointer = 0;
  #readyAt = 0;

  /** Takes a register's number, and perhaps its new value, high byte first. */
  write([pointer = 0, high, low]: Uint8Array): void {
    this.#pointer = pointer & 3;
    if (high === undefined || low === undefined) return;
    this.#finish();
    const value = high << 8 | low;
    if (this.#pointer !== CONFIG) {
      this.#registers[this.#pointer] = value;
    } else {
      const isIdle = (this.#registers[CONFIG]! & READY) !== 0;
      const starts = (value & READY) !== 0 && isIdle;
      if (starts) this.#readyAt = performance.now() + 1000 / this.#rate(value);
      const state = isIdle && !starts ? READY : 0;
      this.#registers[CONFIG] = value & ~READY | state;
    }
  }

  /** Gives the bytes of the register that was named last, over and over. */
  read(count: number): Uint8Array {
    this.#finish();
    const value = this.#registers[this.#pointer]!;
    return Uint8Array.from(
      { length: count },
      (_, index) => index % 2 === 0 ? value >> 8 : value & 255,
    );
  }

  #rate(config: number): number {
    return RATES[config >> 5 & 7]!;
  }

  /** Ends the conversion that is under way, once its time has passed. */
  #finish(): void {
    const config = this.#registers[CONFIG]!;
    const isUnderWay = (config & READY) === 0;
    if (!isUnderWay || performance.now() < this.#readyAt) return;
    const volts = this.volts[config >> 12 & 3]!;
    const value = Math.round(volts / FULL_SCALES[config >> 9 & 7]! * 2 ** 15);
    this.#registers[CONVERSION] = Math.min(value, 2 ** 15 - 1);
    this.#registers[CONFIG] = config | READY;
  }
}
