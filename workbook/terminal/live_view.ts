import { printable } from "../../lib/printable.ts";
import { sparkline, type Statistics } from "../main_job/statistics.ts";
import { columns } from "./columns.ts";
import { terminalSize, write } from "./terminal.ts";

const REDRAW_EVERY = 100;

/** Shows readings as they come: redrawn in place, or a line each. */
interface View extends Disposable {
  /** Shows a reading that the statistics already hold. */
  show(topic: string, value: number): void;
  /** Prints a line on standard error, above what is redrawn. */
  log(line: string): void;
}

/** A view for the standard output that there is: a terminal or a pipe. */
export function createView(statistics: Statistics): View {
  return Deno.stdout.isTerminal() ? new LiveView(statistics) : lines;
}

const lines: View = {
  show: (topic, value) => console.log(`${printable(topic)}  ${value}`),
  log: (line) => console.error(line),
  [Symbol.dispose]() {},
};

/** A line a topic: last value, mean, count, and the last values as bars. */
class LiveView implements View {
  readonly #statistics: Statistics;
  #height = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(statistics: Statistics) {
    this.#statistics = statistics;
  }

  show(): void {
    this.#timer ??= setTimeout(() => this.#draw(), REDRAW_EVERY);
  }

  log(line: string): void {
    this.#erase();
    console.error(line);
    this.#draw();
  }

  [Symbol.dispose](): void {
    this.#draw();
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { columns: width, rows } = terminalSize();
    const table = describe(this.#statistics);
    const shown = table.slice(0, Math.max(1, rows - 2));
    if (shown.length < table.length) {
      shown[shown.length - 1] = `… and ${table.length - shown.length + 1} more`;
    }
    this.#erase();
    write(
      shown.map((line) => `${[...line].slice(0, width - 1).join("")}\n`)
        .join(""),
    );
    this.#height = shown.length;
  }

  #erase(): void {
    if (this.#height > 0) write(`\r\x1b[${this.#height}A\x1b[J`);
    this.#height = 0;
  }
}

function describe(statistics: Statistics): string[] {
  return columns(
    statistics.topics().map(({ topic, recent, mean, count }) => [
      topic,
      (recent.at(-1) ?? 0).toFixed(2),
      `mean ${mean.toFixed(2)}`,
      `count ${count}`,
      sparkline(recent).padEnd(24),
    ]),
  );
}
