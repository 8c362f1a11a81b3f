import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { AedesClient } from "../internals.ts";

/** The way to a client. */
export interface Connection {
  /** The stream below; it emits `drain` when it isn't full any more. */
  readonly stream: Duplex;
  /** Whether it makes sense to write. */
  readonly isOpen: boolean;
  /** Whether more is written than has gone out. */
  readonly isFull: boolean;
  /** Writes bytes. */
  write(...chunks: Buffer[]): void;
}

/** Makes a connection of what aedes has. */
export function connectionOf(client: AedesClient): Connection {
  const stream = client.conn;
  let isFull = false;
  stream.on("drain", () => isFull = false);
  return {
    stream,
    get isOpen() {
      return !client.closed && stream.writable;
    },
    get isFull() {
      return isFull;
    },
    write(...chunks) {
      if (!this.isOpen) return;
      for (const chunk of chunks) {
        if (!stream.write(chunk)) isFull = true;
      }
    },
  };
}
