/**
 * Machines that report their luminosity, and what is to be printed of them.
 *
 * @module
 */
import type { RecordingBroker } from "../../workbook/checking/recording_broker.ts";
import { PERIOD } from "./period.ts";

/** Names of machines. */
export const NAMES = ["denis", "WuJitsu", "pi-14", "labo_b", "salle12"];

/** The last of the three lines. */
export const RULE = "-------------";

/** Machines that report twice in each period. Disposing of them ends that. */
export class Hosts implements AsyncDisposable {
  readonly #broker: RecordingBroker;
  readonly #payloads = new Map<string, string>();
  readonly #timer = setInterval(() => this.#reportAll(), PERIOD * 1000 / 2);
  #reports: Promise<void> = Promise.resolve();

  constructor(broker: RecordingBroker) {
    this.#broker = broker;
  }

  /** From now on a machine reports this. */
  report(name: string, payload: number | string): void {
    this.#payloads.set(name, String(payload));
    this.#publish(name, String(payload));
  }

  /** From now on a machine reports nothing. */
  silence(name: string): void {
    this.#payloads.delete(name);
  }

  /** What is to be printed of all that report a whole percentage. */
  get figures(): string[] {
    const reports = [...this.#payloads]
      .filter(([, payload]) => /^\d+$/.test(payload) && Number(payload) <= 100)
      .map(([name, payload]) => ({ name, percent: Number(payload) }))
      .sort((a, b) => b.percent - a.percent || (a.name < b.name ? -1 : 1));
    const sum = reports.reduce((total, { percent }) => total + percent, 0);
    const [max] = reports;
    return [
      `Max: ${max?.name} (${max?.percent})`,
      `Moy: ${(sum / reports.length).toFixed(2)}`,
      RULE,
    ];
  }

  #reportAll(): void {
    for (const [name, payload] of this.#payloads) this.#publish(name, payload);
  }

  #publish(name: string, payload: string): void {
    this.#reports = this.#reports
      .then(() => this.#broker.publish(`/ex4/${name}`, payload))
      // The broker is gone: the check was given up.
      .catch(() => clearInterval(this.#timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#reports;
  }
}
