import { Buffer } from "node:buffer";

/** What ends a line: a line feed, or one that a carriage return may precede. */
export type LineEnd = "LF" | "CRLF";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Splits bytes into lines, without their ends, as soon as they come: each item
 * holds what one chunk completed. The last line may lack its end.
 *
 * @param chunks The bytes, cut anywhere.
 * @param end What ends a line.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  end: LineEnd,
): AsyncGenerator<Uint8Array[], void, void> {
  const begun: Uint8Array[] = [];
  for await (const chunk of chunks) {
    const lines: Uint8Array[] = [];
    let start = 0;
    let stop = chunk.indexOf(LINE_FEED);
    while (stop >= 0) {
      begun.push(chunk.subarray(start, stop));
      lines.push(trim(join(begun.splice(0)), end));
      start = stop + 1;
      stop = chunk.indexOf(LINE_FEED, start);
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) yield [join(begun)];
}

function join(pieces: Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return first && pieces.length === 1 ? first : Buffer.concat(pieces);
}

function trim(line: Uint8Array, end: LineEnd): Uint8Array {
  const hasReturn = end === "CRLF" && line.at(-1) === CARRIAGE_RETURN;
  return hasReturn ? line.subarray(0, -1) : line;
}
