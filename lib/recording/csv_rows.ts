/**
 * A topic has 65,535 bytes at most (MQTT 3.1.1 section 1.5.3), each of which may
 * be a quote that is doubled. A row longer than this one isn't a reading, but
 * has a quote that is never closed.
 */
export const LONGEST_ROW = 256 * 1024;

const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|((?!")[^,]*))(,|$)/y;

const SPECIAL = /[",\n]/;

/** Writes a field, byte for byte as `@std/csv` does (RFC 4180). */
export function fieldOf(text: string): string {
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Writes a reading, whose topic {@linkcode fieldOf} has written. */
export function rowOf(time: string, topic: string, value: string): string {
  return `${time},${topic},${value}\r\n`;
}

/**
 * Finds where a row ends; a line feed inside quotes ends no row (RFC 4180).
 *
 * @returns The index after its line feed, or -1 if `text` holds only a part.
 */
export function endOfRow(text: string, start: number): number {
  let from = start;
  while (true) {
    const lineFeed = text.indexOf("\n", from);
    if (lineFeed < 0) return -1;
    const opening = openingQuote(text.slice(start, lineFeed), from - start);
    if (opening < 0) return lineFeed + 1;
    const closing = closingQuote(text, start + opening + 1);
    if (closing < 0) return -1;
    from = closing + 1;
  }
}

/**
 * Finds the end of the last whole row.
 *
 * @returns The index after its line feed, or 0 if no row is whole.
 */
export function endOfLastRow(text: string): number {
  // Most files hold no quote: their last line feed can be taken at its word.
  if (!text.includes('"')) return text.lastIndexOf("\n") + 1;
  let last = 0;
  for (let end; (end = endOfRow(text, last)) > 0;) last = end;
  return last;
}

/**
 * Splits a row into its fields.
 *
 * @returns The fields, unquoted; nothing if one goes on after its closing quote.
 */
export function fieldsOf(row: string): string[] | undefined {
  if (!row.includes('"')) return row.split(",");
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  while (true) {
    const match = FIELD.exec(row);
    if (match === null) return undefined;
    const [, quoted, plain = "", separator] = match;
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    if (separator === "") return fields;
  }
}

/** Only a quote that begins a field quotes it: elsewhere, 5" is five inches. */
function openingQuote(row: string, from: number): number {
  let quote = row.indexOf('"', from);
  while (quote > 0 && row[quote - 1] !== ",") {
    quote = row.indexOf('"', quote + 1);
  }
  return quote;
}

function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from);
  while (quote >= 0 && text[quote + 1] === '"') {
    quote = text.indexOf('"', quote + 2);
  }
  return quote;
}
