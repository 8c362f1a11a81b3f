import { CsvError, type Info, parse as parseRecords } from "csv-parse/sync";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /** What stands between two values. A comma by default. */
  separator?: string;
  /**
   * How many fields each row must have: a positive number is that number, 0
   * is what the first row has, and a negative one (or none) is any number.
   */
  fieldsPerRecord?: number;
  /** Whether the first row is left out; without `columns`, it names them. */
  skipFirstRow?: boolean;
  /** The names of the columns, which turn each row into an object. */
  columns?: readonly string[];
}

/** What {@linkcode parse} returns: objects if their columns have names. */
export type ParseResult<Options extends ParseOptions> = Options extends
  ParseOptions & { columns: readonly (infer Name extends string)[] }
  ? Record<Name, string>[]
  : Options extends ParseOptions & { skipFirstRow: true }
    ? Record<string, string>[]
  : Options extends
    ParseOptions & { columns?: undefined; skipFirstRow?: false | undefined }
    ? string[][]
  : Record<string, string>[] | string[][];

/** A row, and its number in the text, where blank lines count. */
interface Row {
  record: string[];
  ordinal: number;
}

/**
 * Reads CSV text, with LF or CRLF line ends. Blank lines are left out.
 *
 * @param input The text, with or without a byte-order mark.
 * @returns The rows.
 * @throws {SyntaxError} If a quotation mark is out of place.
 */
export function parse(input: string): string[][];
/**
 * Reads CSV text, with LF or CRLF line ends. Blank lines are left out.
 *
 * @param input The text, with or without a byte-order mark.
 * @param options Columns, separator and checks.
 * @returns The rows, as objects if the columns have names.
 * @throws {SyntaxError} If a quotation mark is out of place, or a row has
 * another number of fields than `fieldsPerRecord` asks for.
 * @throws {Error} If a row has another number of fields than there are
 * columns.
 */
export function parse<const Options extends ParseOptions>(
  input: string,
  options: Options,
): ParseResult<Options>;
export function parse(
  input: string,
  options: ParseOptions = {},
): string[][] | Record<string, string>[] {
  const rows = readRows(input, options);
  checkFieldCounts(rows, options.fieldsPerRecord);
  const records = rows.map((row) => row.record);
  if (!options.skipFirstRow && !options.columns) return records;

  const firstRow = options.skipFirstRow ? records.shift() : undefined;
  if (options.skipFirstRow && firstRow === undefined) {
    throw new TypeError("Cannot parse input: headers must be defined");
  }
  const names = options.columns ?? firstRow ?? [];
  const firstLine = options.skipFirstRow ? 2 : 1;
  return records.map((record, index) =>
    toObject(record, names, firstLine + index)
  );
}

function readRows(input: string, options: ParseOptions): Row[] {
  const { separator = "," } = options;
  if (["\r", "\n", '"'].includes(separator)) {
    throw new Error("Cannot parse input: invalid delimiter");
  }

  // A CRLF inside quotes is read as LF, and a lone CR at the end is dropped,
  // so that a value is the same whichever system wrote the file.
  const text = input.replaceAll("\r\n", "\n").replace(/\r$/, "");
  try {
    // With `info`, each row comes with what was read up to it, which the
    // package's types leave out.
    const results = parseRecords(text, {
      bom: true,
      delimiter: separator,
      info: true,
      record_delimiter: "\n",
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: Info }[];
    return results.map(({ record, info }) => ({
      record,
      ordinal: rowsUpTo(info),
    }));
  } catch (error) {
    if (error instanceof CsvError) throw toSyntaxError(error);
    throw error;
  }
}

function rowsUpTo(
  info: Pick<Info, "records" | "empty_lines">,
): number {
  return info.records + info.empty_lines;
}

function toSyntaxError(error: CsvError): SyntaxError {
  const complaint = error.code === "INVALID_OPENING_QUOTE"
    ? 'bare " in non-quoted-field'
    : 'extraneous or missing " in quoted-field';
  const line = rowsUpTo(error as CsvError & Info) + 1;
  return new SyntaxError(`Syntax error on line ${line}: ${complaint}`);
}

function checkFieldCounts(rows: Row[], fieldsPerRecord = -1): void {
  if (fieldsPerRecord < 0) return;
  const [first] = rows;
  // A blank first line is a row of no fields, as for the original.
  const inferred = first?.ordinal === 1 ? first.record.length : 0;
  const expected = fieldsPerRecord || inferred;
  for (const { record, ordinal } of rows) {
    if (record.length === expected) continue;
    throw new SyntaxError(
      `Syntax error on line ${ordinal}: expected ${expected} fields but got ${record.length}`,
    );
  }
}

function toObject(
  record: string[],
  names: readonly string[],
  line: number,
): Record<string, string> {
  if (record.length !== names.length) {
    throw new Error(
      `Syntax error on line ${line}: The record has ${record.length} fields, but the header has ${names.length} fields`,
    );
  }
  return Object.fromEntries(
    names.map((name, index) => [name, record[index] ?? ""]),
  );
}
