const MOST_ROWS = 100_000;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The rows that were written last, to know one that comes again: the latest 100,000
 * surely, and never more than twice as many.
 */
export class RecentRows {
  #young = new Set<string>();
  #old = new Set<string>();

  /**
   * Takes a row.
   *
   * @returns Whether it is new.
   */
  add(row: string): boolean {
    if (this.#young.has(row) || this.#old.has(row)) return false;
    if (this.#young.size === MOST_ROWS) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    this.#young.add(row);
    return true;
  }

  /** Takes the rows that a file ends with, from its last 16 MB. */
  async load(path: string): Promise<void> {
    using file = await Deno.open(path);
    const { size, isFile } = await file.stat();
    if (!isFile) return;
    const start = Math.max(0, size - MOST_BYTES);
    await file.seek(start, Deno.SeekMode.Start);
    const text = await new Response(file.readable).text();
    const rows = text.split("\n");
    // The last has no end; the first may have lost its beginning.
    for (const row of rows.slice(start > 0 ? 1 : 0, -1)) {
      this.add(row.endsWith("\r") ? `${row}\n` : `${row}\r\n`);
    }
  }
}
