import { stringify as stringifyRecords } from "csv-stringify/sync";

/** The index (of an array) or the name (of an object) of a value. */
export type PropertyAccessor = number | string;

/** A column with a header of its own. */
export interface ColumnDetails {
  /** The header; without it, the last accessor of `prop`. */
  header?: string;
  /** Where in the item the value is; an array leads into nested items. */
  prop: PropertyAccessor | PropertyAccessor[];
}

/** A column: where its value is, and perhaps its header. */
export type Column = ColumnDetails | PropertyAccessor | PropertyAccessor[];

/** A row: an array, or an object whose values `columns` names. */
export type DataItem = Readonly<Record<string, unknown> | unknown[]>;

/** Options of {@linkcode stringify}. */
export interface StringifyOptions {
  /** Whether the columns' headers are the first row. `true` by default. */
  headers?: boolean;
  /** What stands between two values. A comma by default. */
  separator?: string;
  /** The columns; arrays need none, objects do. */
  columns?: readonly Column[];
  /** Whether a byte-order mark comes first. `false` by default. */
  bom?: boolean;
}

/**
 * Writes rows as CSV text. Each row ends with CRLF; a value that holds the
 * separator, a quotation mark or a line feed is quoted.
 *
 * @param data The rows.
 * @param options Columns, headers, separator and byte-order mark.
 * @returns The text.
 * @throws {TypeError} If the separator holds a quotation mark or CRLF, or if
 * an object comes without columns.
 */
export function stringify(
  data: readonly DataItem[],
  options: StringifyOptions = {},
): string {
  const { headers = true, separator = ",", columns = [], bom = false } =
    options;
  if (separator.includes('"') || separator.includes("\r\n")) {
    throw new TypeError(
      `Separator cannot include a quotation mark or CRLF: current value is ${
        JSON.stringify(separator)
      }`,
    );
  }
  const paths = columns.map(columnPath);
  const rows = data.map((item) => valuesOf(item, paths).map(toField));
  if (headers && columns.length > 0) rows.unshift(columns.map(columnHeader));
  return stringifyRecords(rows, {
    bom,
    delimiter: separator,
    quoted_match: "\n",
    record_delimiter: "\r\n",
  });
}

function columnPath(column: Column): PropertyAccessor[] {
  if (Array.isArray(column)) return column;
  if (typeof column === "object") return columnPath(column.prop);
  return [column];
}

function columnHeader(column: Column): string {
  if (
    typeof column === "object" && "header" in column &&
    typeof column.header === "string"
  ) return column.header;
  return String(columnPath(column).at(-1));
}

function valuesOf(item: DataItem, paths: PropertyAccessor[][]): unknown[] {
  if (paths.length > 0) return paths.map((path) => valueAt(item, path));
  if (Array.isArray(item)) return item;
  throw new TypeError("No property accessor function was provided for object");
}

function valueAt(item: unknown, path: PropertyAccessor[]): unknown {
  let value = item;
  for (const accessor of path) {
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value) && typeof accessor !== "number") {
      throw new TypeError('Property accessor is not of type "number"');
    }
    value = (value as Record<PropertyAccessor, unknown>)[accessor];
  }
  return value;
}

function toField(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
