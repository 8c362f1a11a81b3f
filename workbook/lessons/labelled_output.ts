import { type Target, write } from "../terminal/terminal.ts";

/** Writes what several programs print, each line labelled with its program. */
export class LabelledOutput {
  readonly #width: number;
  /** The label whose line has begun and not ended yet. */
  #open: string | undefined;

  /**
   * Makes room for the labels.
   *
   * @param labels All labels that will be used.
   */
  constructor(labels: Iterable<string>) {
    this.#width = Math.max(...Array.from(labels, (label) => label.length));
  }

  /**
   * Copies a stream line by line until its end.
   *
   * @param label Whose lines they are.
   * @param source What the program prints.
   * @param target Where it goes to.
   * @param options Whether the begin of a line, such as a question that waits
   *   for its answer, is shown at once; and what takes note of the text.
   */
  async copy(
    label: string,
    source: ReadableStream<Uint8Array<ArrayBuffer>>,
    target: Target,
    { showsBegun = false, onText = () => {} }: {
      showsBegun?: boolean;
      onText?: (text: string) => void;
    } = {},
  ): Promise<void> {
    let held = "";
    for await (const text of source.pipeThrough(new TextDecoderStream())) {
      const pieces = (held + text).split(/(?<=\n)/);
      const last = pieces.at(-1) ?? "";
      const isWhole = showsBegun || last.endsWith("\n");
      held = isWhole ? "" : pieces.pop() ?? "";
      for (const piece of pieces) this.#write(label, piece, target);
      onText(text);
    }
    if (held !== "") this.#write(label, `${held}\n`, target);
  }

  /** Writes a line that no program has printed to standard output. */
  writeLine(label: string, line: string): void {
    this.#write(label, `${line}\n`, Deno.stdout);
  }

  #write(label: string, piece: string, target: Target): void {
    if (piece === "") return;
    const begin = this.#open === label
      ? ""
      : `${this.#open === undefined ? "" : "\n"}${this.#label(label)}`;
    this.#open = piece.endsWith("\n") ? undefined : label;
    write(begin + piece, target);
  }

  #label(label: string): string {
    return `${label.padEnd(this.#width)} | `;
  }
}
