import { Buffer } from "node:buffer";
import process from "node:process";
import type { Writable } from "node:stream";
import { setImmediate } from "node:timers";
import type { IStream } from "mqtt";

const SIZE = 64 * 1024;
const MOST_BYTES_PER_UTF16_UNIT = 3;
const SHORT_TEXT = 64;

/** A stream that gathers what is written to it. */
export type GatheringStream = IStream & {
  /** Waits until all that was written so far has left, or the stream is closed. */
  whenWritten(): Promise<void>;
  /** Closes at once, and passes on nothing more of what has arrived. */
  abandon(): void;
};

/**
 * Gathers what MQTT.js writes within a turn of the event loop, or while it handles
 * what it has read, into one chunk.
 *
 * MQTT.js writes a packet as five small chunks, each of which costs the stream a
 * queue entry; gathered, publishing at QoS 0 is twice as fast.
 *
 * @param together How many bytes of small packets leave together at most.
 */
export function gatherWrites(
  stream: IStream,
  together = SIZE,
): GatheringStream {
  const write = stream.write.bind(stream) as (
    chunk: unknown,
    ...rest: unknown[]
  ) => boolean;
  const end = stream.end.bind(stream) as (...rest: unknown[]) => IStream;
  const pipe = stream.pipe.bind(stream);
  let reader: Writable | undefined;
  let buffer = Buffer.allocUnsafe(SIZE);
  let begin = 0;
  let used = 0;
  let isDueSoon = false;
  let isDue = false;
  let unwritten = 0;
  let whenWritten: PromiseWithResolvers<void> | undefined;

  function written() {
    unwritten--;
    if (unwritten > 0) return;
    whenWritten?.resolve();
    whenWritten = undefined;
  }

  function flush() {
    isDueSoon = isDue = false;
    if (used === begin) return;
    const chunk = buffer.subarray(begin, used);
    begin = used;
    if (stream.destroyed) return;
    unwritten++;
    write(chunk, written);
  }

  /** While packets of a chunk are handled, more of them may be answered. */
  function schedule() {
    if (reader !== undefined && reader.writableLength > 0) {
      if (!isDue) setImmediate(flush);
      isDue = true;
    } else {
      if (!isDueSoon) process.nextTick(flush);
      isDueSoon = true;
    }
  }

  function gather(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
    const isText = typeof chunk === "string";
    const most = isText
      ? chunk.length * MOST_BYTES_PER_UTF16_UNIT
      : chunk.length;
    if (rest.length > 0) {
      flush();
      return write(chunk, ...rest);
    }
    if (most > SIZE) {
      flush();
      unwritten++;
      return write(chunk, written);
    }
    const gathered = used - begin;
    const isSmall = gathered <= together && most <= together;
    if (isSmall && gathered + most > together) flush();
    if (used + most > SIZE) {
      flush();
      buffer = Buffer.allocUnsafe(SIZE);
      begin = used = 0;
    }
    if (isText) {
      used += writeText(buffer, chunk, used);
    } else {
      buffer.set(chunk, used);
      used += chunk.length;
    }
    schedule();
    return !stream.writableNeedDrain;
  }

  // Without `cork`, the packet encoder doesn't schedule an uncork per packet.
  return Object.assign(stream, {
    cork: undefined,
    write: gather,
    end: (...rest: unknown[]) => {
      flush();
      return end(...rest);
    },
    pipe: (destination: Writable) => pipe(reader = destination),
    abandon: () => {
      stream.destroy();
      reader?.destroy();
    },
    whenWritten: () => {
      flush();
      if (unwritten === 0 || stream.destroyed) return Promise.resolve();
      if (whenWritten === undefined) {
        whenWritten = Promise.withResolvers();
        stream.once("close", whenWritten.resolve);
      }
      return whenWritten.promise;
    },
  });
}

/** Writes text, a short one in ASCII in a third of the time of `Buffer.write`. */
function writeText(buffer: Buffer, text: string, start: number): number {
  const { length } = text;
  if (length > SHORT_TEXT) return buffer.write(text, start);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return buffer.write(text, start);
    buffer[start + index] = code;
  }
  return length;
}
