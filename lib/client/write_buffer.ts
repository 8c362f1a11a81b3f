import { Buffer } from "node:buffer";
import process from "node:process";
import type { IStream } from "mqtt";

const SIZE = 64 * 1024;
const MOST_BYTES_PER_UTF16_UNIT = 3;

/**
 * Gathers what MQTT.js writes within a turn of the event loop into one chunk.
 *
 * MQTT.js writes a packet as five small chunks, each of which costs the stream a
 * queue entry; gathered, publishing at QoS 0 is twice as fast.
 */
export function gatherWrites(stream: IStream): IStream {
  const write = stream.write.bind(stream) as (
    chunk: unknown,
    ...rest: unknown[]
  ) => boolean;
  const end = stream.end.bind(stream) as (...rest: unknown[]) => IStream;
  let buffer = Buffer.allocUnsafe(SIZE);
  let begin = 0;
  let used = 0;
  let scheduled = false;

  function flush() {
    scheduled = false;
    if (used === begin) return;
    const chunk = buffer.subarray(begin, used);
    begin = used;
    if (!stream.destroyed) write(chunk);
  }

  function gather(chunk: string | Uint8Array, ...rest: unknown[]): boolean {
    const isText = typeof chunk === "string";
    const most = isText
      ? chunk.length * MOST_BYTES_PER_UTF16_UNIT
      : chunk.length;
    if (most > SIZE || rest.length > 0) {
      flush();
      return write(chunk, ...rest);
    }
    if (used + most > SIZE) {
      flush();
      buffer = Buffer.allocUnsafe(SIZE);
      begin = used = 0;
    }
    if (isText) {
      used += buffer.write(chunk, used);
    } else {
      buffer.set(chunk, used);
      used += chunk.length;
    }
    if (!scheduled) {
      scheduled = true;
      process.nextTick(flush);
    }
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
  });
}
