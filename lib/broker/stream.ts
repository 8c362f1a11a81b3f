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

/**
 * Makes a stream send together what is written in one turn of the event loop.
 *
 * aedes writes each packet in several small pieces, for each of which TLS makes
 * a record, and WebSocket a frame.
 *
 * @param stream The stream.
 * @param whenAllowed Calls back when what has been written may go out.
 */
export function writeTogether(
  stream: Duplex,
  whenAllowed = (callback: () => void) => callback(),
): void {
  const write = stream.write.bind(stream) as (chunk: Buffer) => boolean;
  let chunks: Buffer[] = [];
  let length = 0;
  let isFull = false;

  function flush(): void {
    const together = Buffer.concat(chunks, length);
    chunks = [];
    length = 0;
    const wasFull = isFull;
    isFull = false;
    // The stream emits `drain` itself if this fills it.
    const willDrain = stream.writable && !write(together);
    if (wasFull && !willDrain) stream.emit("drain");
  }
  // Nobody here waits for the end of a single write.
  stream.write = (chunk: Buffer | string, encoding?: unknown) => {
    if (chunks.length === 0) setImmediate(() => whenAllowed(flush));
    const bytes = typeof chunk === "string"
      ? Buffer.from(chunk, encoding as BufferEncoding)
      : chunk;
    chunks.push(bytes);
    length += bytes.length;
    isFull ||= stream.writableLength + length >= stream.writableHighWaterMark;
    return !isFull;
  };
}
