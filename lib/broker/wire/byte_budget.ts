import { ProtocolError, REASON } from "./reason.ts";

/** Who holds bytes of packets whose end hasn't come. */
export interface Holder {
  readonly isAdmitted: boolean;
  fail(error: ProtocolError): void;
}

/** Keeps to the limit on what all connections hold together. */
export class ByteBudget {
  readonly #most: number;
  readonly #held = new Map<Holder, number>();
  #total = 0;

  constructor(maxBufferedBytes: number) {
    this.#most = maxBufferedBytes;
  }

  /** Says how many bytes somebody holds now. */
  set(holder: Holder, bytes: number): void {
    const before = this.#held.get(holder) ?? 0;
    if (bytes === before) return;
    this.#total += bytes - before;
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    if (bytes < before) return;
    while (this.#total > this.#most) {
      const newest = [...this.#held.keys()].findLast((one) => !one.isAdmitted);
      const victim = newest ?? holder;
      this.#total -= this.#held.get(victim) ?? 0;
      this.#held.delete(victim);
      victim.fail(
        new ProtocolError(
          `Unfinished packets of all connections have more than ${this.#most} bytes (maxBufferedBytes)`,
          REASON.QUOTA_EXCEEDED,
        ),
      );
      if (victim === holder) return;
    }
  }
}
