import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { BrokerAddress } from "./address.ts";

const READ_SIZE = 64 * 1024;

/**
 * Opens a TCP connection to an IPv6 address with a zone (`fe80::1%eth0`), which
 * Deno's `node:net` refuses and `Deno.connect` takes.
 */
export function openZoned(
  { hostname, port }: Pick<BrokerAddress, "hostname" | "port">,
  options: { writableHighWaterMark: number },
): Duplex {
  let socket: Deno.TcpConn;
  const settle = (
    work: Promise<unknown>,
    callback: (error?: Error | null) => void,
  ) => void work.then(() => callback(), callback);
  const read = async () => {
    const bytes = Buffer.alloc(READ_SIZE);
    const count = await socket.read(bytes);
    stream.push(count === null ? null : bytes.subarray(0, count));
  };
  const stream = new Duplex({
    ...options,
    construct: (callback) =>
      settle(
        Deno.connect({ hostname, port }).then((opened) => {
          socket = opened;
          socket.setNoDelay();
        }),
        callback,
      ),
    read: () => void read().catch((error) => stream.destroy(error)),
    write: (bytes, _encoding, callback) =>
      settle(writeAll(socket, bytes), callback),
    final: (callback) => settle(socket.closeWrite(), callback),
    destroy(error, callback) {
      try {
        socket?.close();
      } catch {
        // The peer has.
      }
      callback(error);
    },
  });
  return stream;
}

async function writeAll(
  socket: Deno.TcpConn,
  bytes: Uint8Array,
): Promise<void> {
  for (let sent = 0; sent < bytes.length;) {
    sent += await socket.write(bytes.subarray(sent));
  }
}
