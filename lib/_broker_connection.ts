import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import type { AedesClient } from "./_broker_internals.ts";

/** The way to a client. */
export interface Connection {
  /** The stream below. */
  readonly stream: Duplex;
  /** Whether it makes sense to write. */
  readonly isOpen: boolean;
  /** Writes bytes, joined with others of the same turn of the event loop. */
  write(...chunks: Buffer[]): void;
}

/** Makes a connection of what aedes has. */
export function connectionOf(client: AedesClient): Connection {
  const stream = client.conn;
  let isCorked = false;
  return {
    stream,
    get isOpen() {
      return !client.closed && stream.writable;
    },
    write(...chunks) {
      if (!this.isOpen) return;
      if (!isCorked) {
        isCorked = true;
        stream.cork();
        setImmediate(() => {
          isCorked = false;
          stream.uncork();
        });
      }
      for (const chunk of chunks) stream.write(chunk);
    },
  };
}
