/**
 * Stands in for `@std/csv` on networks that block JSR: `parse` over the npm
 * package csv-parse, and `stringify` for rows of values. `contract_test.ts` says
 * what they promise.
 *
 * @module
 */
import { parse as parseRecords } from "csv-parse/sync";

/** How {@linkcode parse} reads. */
export interface ParseOptions {
  /** What stands between two values. A comma by default. */
  separator?: string;
  /** Whether the first row is left out; without `columns`, it names them. */
  skipFirstRow?: boolean;
  /** The names of the columns, which turn each row into an object. */
  columns?: readonly string[];
}

/**
 * Reads CSV text, with LF or CRLF line ends. Blank lines are left out.
 *
 * @param input The text, with or without a byte-order mark.
 * @param options Columns and separator.
 * @returns The rows, as objects if the columns have names.
 * @throws {Error} If a quotation mark is out of place, or a row has another
 * number of fields than there are columns; it names the line.
 */
export function parse(
  input: string,
  options?: Pick<ParseOptions, "separator">,
): string[][];
export function parse(
  input: string,
  options: ParseOptions,
): Record<string, string>[];
export function parse(
  input: string,
  { separator = ",", skipFirstRow = false, columns }: ParseOptions = {},
): unknown[] {
  // A CRLF inside quotes is read as LF, and a lone CR at the end is dropped,
  // so that a value is the same whichever system wrote the file.
  return parseRecords(input.replace(/\r(?=\n|$)/g, ""), {
    bom: true,
    columns: columns ? [...columns] : skipFirstRow,
    delimiter: separator,
    from: columns && skipFirstRow ? 2 : 1,
    record_delimiter: "\n",
    relax_column_count: !columns && !skipFirstRow,
    skip_empty_lines: true,
  });
}

type Value = string | number | undefined;

/**
 * Writes rows as CSV text. Each row ends with CRLF; a value that holds a comma, a
 * quotation mark or a line feed is quoted.
 */
export function stringify(rows: readonly (readonly Value[])[]): string {
  return rows.map((row) => `${row.map(fieldOf).join(",")}\r\n`).join("");
}

function fieldOf(value: Value): string {
  const text = String(value ?? "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
