import type { ToolkitClient } from "./client.ts";
import { startTimer } from "./start_timer.ts";
import { BrokerUnreachableError } from "../errors.ts";

/** Waits for a broker's acknowledgements, but not for one that gives none. */
export class AnswerWatch {
  readonly #client: ToolkitClient;
  readonly #seconds: number;
  #last = 0;

  /**
   * @param client The connection.
   * @param seconds For how long the broker may acknowledge nothing.
   */
  constructor(client: ToolkitClient, seconds: number) {
    this.#client = client;
    this.#seconds = seconds;
  }

  /** Notes that the broker has answered. */
  note(): void {
    this.#last = performance.now();
  }

  /**
   * Waits for answers.
   *
   * @throws {BrokerUnreachableError} If the broker stays silent.
   */
  async wait(answers: Promise<unknown>): Promise<void> {
    const { promise: silence, reject } = Promise.withResolvers<never>();
    const begin = performance.now();
    const check = () => {
      const { stream, address, watch } = this.#client;
      const { isAway, backSince } = watch;
      // A broker that isn't there, or whose line is still busy, isn't silent. One
      // that takes each connection, and ends it, is.
      if (isAway || stream.writableNeedDrain) this.note();
      const since = Math.max(begin, this.#last, backSince);
      const left = this.#seconds - (performance.now() - since) / 1000;
      if (left > 0) {
        timer = startTimer(left, check);
      } else {
        const cause = new Error("it does not acknowledge what is published");
        reject(new BrokerUnreachableError(address.label, cause));
      }
    };
    let timer = startTimer(this.#seconds, check);
    try {
      await Promise.race([answers, silence]);
    } finally {
      clearTimeout(timer);
    }
  }
}
