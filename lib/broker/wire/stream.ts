import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { PacketReader } from "./packet_reader.ts";

/**
 * Makes a stream's `read()` return whole packets: all that have arrived and may
 * pass now.
 *
 * aedes calls `read(null)` once for each `readable` event and relies on getting
 * everything. Since Node.js 26, and so on Deno, a stream hands out one chunk a
 * call; the rest would wait for an event that never comes.
 *
 * @param stream The stream; it emits `readable` also when a pause is over.
 * @param reader Cuts the bytes into packets, and checks them.
 * @param pauseMilliseconds How long who sends too much has to wait.
 * @param fail Is told once what is wrong, after the packets before it.
 */
export function readPackets(
  stream: Duplex,
  reader: Pick<PacketReader, "take">,
  pauseMilliseconds: number,
  fail: (error: unknown) => void,
): void {
  const read = stream.read.bind(stream);
  let pause: ReturnType<typeof setTimeout> | undefined;
  let error: unknown;
  let isOver = false;
  let isParsing = false;
  let isAskedAgain = false;
  stream.once("close", () => clearTimeout(pause));

  function goOn(): void {
    pause = undefined;
    stream.emit("readable");
  }
  function parsed(): void {
    isParsing = false;
    if (isAskedAgain) stream.emit("readable");
    isAskedAgain = false;
  }
  function readAll(): Buffer[] {
    const packets: Buffer[] = [];
    for (let chunk = read(); chunk !== null; chunk = read()) {
      const taken = reader.take(chunk);
      if (taken.packets.length > 0) packets.push(taken.packets);
      error = taken.error;
      if (taken.isHeldUp) pause = setTimeout(goOn, pauseMilliseconds);
      // Back it goes: a stream that has ended mustn't say so before its time.
      if (taken.rest.length > 0) stream.unshift(taken.rest);
      if (taken.rest.length > 0 || error !== undefined) break;
    }
    return packets;
  }
  stream.read = (size?: number | null) => {
    // A read of 0 only starts the filling of the buffer: a loop of them would
    // never end, and bytes taken out here would be lost.
    if (size !== undefined && size !== null) return read(size);
    // A packet that is done with at once makes aedes read on while its parser is
    // still busy with the bytes before: that would put it out of step.
    isAskedAgain ||= isParsing;
    if (isParsing || pause !== undefined || isOver) return null;
    const packets = error === undefined ? readAll() : [];
    if (packets.length > 0) {
      isParsing = true;
      queueMicrotask(parsed);
      return packets.length > 1 ? Buffer.concat(packets) : packets[0];
    }
    isOver = error !== undefined;
    if (isOver) fail(error);
    return null;
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
