import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";

/**
 * Makes a stream's `read()` return all the bytes that have arrived.
 *
 * aedes calls `read(null)` once for each `readable` event and relies on getting
 * everything. Since Node.js 26, and so on Deno, a stream hands out one chunk a
 * call; the rest would wait for an event that never comes.
 */
export function readWhole(stream: Duplex): void {
  const read = stream.read.bind(stream);
  stream.read = (size?: number | null) => {
    // A read of 0 only starts the filling of the buffer: a loop of them would
    // never end, and bytes taken out here would be lost.
    if (size !== undefined && size !== null) return read(size);
    const chunks: Buffer[] = [];
    for (let chunk = read(); chunk !== null; chunk = read()) chunks.push(chunk);
    if (chunks.length <= 1) return chunks[0] ?? null;
    return Buffer.concat(chunks);
  };
}
