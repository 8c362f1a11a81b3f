import { readLines } from "./lines.ts";
import { excerpt, printable } from "./printable.ts";
import { StopSignal } from "./stop_signal.ts";

/** Options of {@linkcode Menu}. */
export interface MenuOptions {
  /** What the user types; standard input unless given: see `readLines`. */
  input?: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Takes the menu as a line, each time; `console.log` unless given. */
  output?: (line: string) => void;
  /** Takes a line about what went wrong; `console.error` unless given. */
  log?: (line: string) => void;
  /** Ends the menu when aborted. */
  signal?: AbortSignal;
}

/**
 * A numbered menu on the console: what the monitor of document ko §5 b (v2) is
 * operated with. A choice is made by typing its number, which begins with 0.
 *
 * What can't be carried out ends in a line on standard error, and the menu goes
 * on: a choice that there isn't, or an action that throws.
 *
 * @example The monitor's menu, cut short
 * ```ts
 * import { Menu } from "./mod.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const menu = new Menu({
 *   input: new Blob(["0\n1\n"]).stream(), // A program reads what is typed.
 *   output: (line) => lines.push(line),
 * });
 * menu.add("온도", () => lines.push("평균 온도: 6.5"));
 * menu.add("종료", menu.exit);
 * await menu.run();
 * assertEquals(lines, ["0)온도 1)종료", "평균 온도: 6.5", "0)온도 1)종료"]);
 * ```
 */
export class Menu {
  readonly #options: MenuOptions;
  readonly #choices: { label: string; action: () => unknown }[] = [];
  #ending = new AbortController();

  /** Makes a menu without choices. */
  constructor(options: MenuOptions = {}) {
    this.#options = options;
  }

  /**
   * Adds a choice; the first one has the number 0. The menu waits for its action if that
   * returns a promise.
   */
  add(label: string, action: () => unknown): void {
    this.#choices.push({ label, action });
  }

  /**
   * Shows the menu and carries out what is chosen, again and again, until `exit` is
   * called, the input ends, or Ctrl-C, SIGTERM or `options.signal` stops it. An action
   * that has begun comes to its end first. Throws a `TypeError` if there is no choice.
   */
  async run(): Promise<void> {
    if (this.#choices.length === 0) {
      throw new TypeError(
        "Menu is empty: it must have a choice before it runs",
      );
    }
    this.#ending = new AbortController();
    const { input, output = console.log, signal } = this.#options;
    const { signal: ended } = this.#ending;
    using stop = new StopSignal(
      signal ? AbortSignal.any([ended, signal]) : ended,
    );
    output(this.#text);
    const lines = readLines({ ...input && { input }, signal: stop.signal });
    for await (const line of lines) {
      await this.#choose(line.trim());
      if (stop.signal.aborted) break;
      output(this.#text);
    }
  }

  /** Ends the menu. It is bound: `menu.add("종료", menu.exit)`. */
  readonly exit = (): void => this.#ending.abort();

  /** The menu as a line. */
  get #text(): string {
    return this.#choices
      .map(({ label }, number) => `${number})${label}`)
      .join(" ");
  }

  async #choose(text: string): Promise<void> {
    const { log = console.error } = this.#options;
    const choice = /^\d+$/.test(text) ? this.#choices[Number(text)] : undefined;
    if (choice === undefined) {
      const last = this.#choices.length - 1;
      log(
        `Choice ${excerpt(text)} is unknown: type a number from 0 to ${last}`,
      );
      return;
    }
    try {
      await choice.action();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log(printable(
        `${choice.label} failed: ${reason.replaceAll(/\s*\n\s*/g, " ")}`,
      ));
    }
  }
}
