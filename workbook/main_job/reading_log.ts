import type { CsvRecorder } from "../../lib/csv.ts";
import type { Message } from "../../lib/message.ts";

const LONGEST_WAIT = 2000;

/** Records messages, shows those that are readings, and knows when all came. */
export class ReadingLog {
  readonly #recorder: CsvRecorder;
  readonly #show: (topic: string, value: number) => void;
  #expected = 0;
  #taken = 0;
  #onTaken: (() => void) | undefined;

  /**
   * @param recorder Writes the rows.
   * @param show Called with each reading that was written.
   */
  constructor(
    recorder: CsvRecorder,
    show: (topic: string, value: number) => void,
  ) {
    this.#recorder = recorder;
    this.#show = show;
  }

  /** Records a message; resolves once the row is in the file. */
  readonly take = async (message: Message): Promise<void> => {
    await this.#recorder.record(message);
    this.#taken++;
    const value = readNumber(message);
    if (value !== undefined) this.#show(message.topic, value);
    this.#onTaken?.();
  };

  /** Counts a reading that was sent, and that must arrive. */
  readonly expect = (): void => {
    this.#expected++;
  };

  /** Waits until what was sent has arrived, for two seconds at most. */
  async allTaken(): Promise<void> {
    if (this.#taken >= this.#expected) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LONGEST_WAIT);
      this.#onTaken = () => {
        if (this.#taken < this.#expected) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** The recorder reports and counts what isn't a number: here it is left out. */
function readNumber(message: Message): number | undefined {
  try {
    return message.number;
  } catch {
    return undefined;
  }
}
