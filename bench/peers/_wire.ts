import { packetLength } from "../../workbook/messages/packet_length.ts";
import { connectPacket } from "../../testing/clients/raw_client.ts";

/** A connection that does next to nothing, so that the other side is the slower one. */
export interface Wire extends Disposable {
  /** Sends bytes, as many packets as they may be. */
  send(bytes: Uint8Array): Promise<void>;
  /**
   * The packets that have come, at least one, without a part of the next one. They
   * are valid until the next ones are asked for.
   */
  packets(): Promise<Uint8Array>;
}

const BUFFER_SIZE = 256 * 1024;

/** Connects as a client with a clean session. */
export async function openWire(port: number, clientId: string): Promise<Wire> {
  const wire = wireOf(await Deno.connect({ hostname: "127.0.0.1", port }));
  await wire.send(connectPacket({ clientId }));
  await wire.packets();
  return wire;
}

/** Sends and reads on a connection. */
export function wireOf(connection: Deno.TcpConn): Wire {
  connection.setNoDelay(true);
  const buffer = new Uint8Array(BUFFER_SIZE);
  let start = 0;
  let end = 0;
  return {
    async send(bytes) {
      for (let sent = 0; sent < bytes.length;) {
        sent += await connection.write(bytes.subarray(sent));
      }
    },
    async packets() {
      buffer.copyWithin(0, start, end);
      end -= start;
      start = 0;
      while (start === 0) {
        const count = await connection.read(buffer.subarray(end));
        if (count === null) {
          throw new Error("The other side closed the connection");
        }
        end += count;
        start = wholePackets(buffer.subarray(0, end));
      }
      return buffer.subarray(0, start);
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

function wholePackets(bytes: Uint8Array): number {
  for (let whole = 0;;) {
    const length = packetLength(bytes, whole);
    if (length === undefined || whole + length > bytes.length) return whole;
    whole += length;
  }
}
