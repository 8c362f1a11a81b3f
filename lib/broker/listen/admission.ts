import type { Socket } from "node:net";
import type { Limits } from "../limits.ts";
import { createTally } from "../tally.ts";

/** Lets connections in, or not. */
export interface Admission {
  /** Takes a connection, or closes it at once. */
  admit(socket: Socket): void;
  /** The connection from an address and port has become one for MQTT. */
  isServed(remote: string): void;
}

/** Keeps to the limits on connections, over all listeners of a broker. */
export function createAdmission(
  { maxConnections, maxConnectionsPerAddress, connectTimeout }: Limits,
  log: (line: string) => void,
): Admission {
  /** The time that each has left to become one for MQTT, by its address. */
  const deadlines = new Map<string, ReturnType<typeof setTimeout>>();
  const counts = new Map<string, number>();
  let total = 0;
  const refuseInAll = createTally((count) =>
    log(
      `Connections refused so far: ${count} (maxConnections is ${maxConnections})`,
    )
  );
  const refuseAddress = createTally((count) =>
    log(
      `Connections refused so far, of addresses with many: ${count} (maxConnectionsPerAddress is ${maxConnectionsPerAddress})`,
    )
  );

  return {
    admit(socket) {
      const { remoteAddress: address, remotePort } = socket;
      // It may be gone already.
      if (address === undefined) return void socket.destroy();
      const count = counts.get(address) ?? 0;
      if (total >= maxConnections || count >= maxConnectionsPerAddress) {
        if (total >= maxConnections) refuseInAll();
        else refuseAddress();
        socket.destroy();
        return;
      }
      total++;
      counts.set(address, count + 1);
      const remote = `${address}:${remotePort}`;
      const deadline = setTimeout(() => {
        log(`Connection from ${remote}: handshake did not end in time`);
        socket.destroy();
      }, connectTimeout * 1_000);
      deadlines.set(remote, deadline);
      socket.once("close", () => {
        total--;
        const left = counts.get(address)! - 1;
        if (left === 0) counts.delete(address);
        else counts.set(address, left);
        clearTimeout(deadline);
        if (deadlines.get(remote) === deadline) deadlines.delete(remote);
      });
    },
    isServed(remote) {
      clearTimeout(deadlines.get(remote));
      deadlines.delete(remote);
    },
  };
}
