import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";

/** What one who keeps sockets to a server may take of it. */
interface ServerLimits {
  /** Connections in all. */
  connections: number;
  /** Connections from one address. */
  connectionsOfAddress: number;
  /** Milliseconds in which a request must be there, which is a few lines. */
  requestTime: number;
}

/** A browser has six to a server, and a WebSocket a page; many may share an address. */
const LIMITS: ServerLimits = {
  connections: 500,
  connectionsOfAddress: 100,
  requestTime: 10_000,
};

/**
 * Makes a server that cuts connections that are slow or too many: it would run out of
 * files, and then take none any more, even when there is room again.
 */
export function createLimitedServer(
  answer: RequestListener,
  { connections, connectionsOfAddress, requestTime }: ServerLimits = LIMITS,
): Server {
  const server = createServer({
    headersTimeout: requestTime,
    requestTimeout: requestTime,
    connectionsCheckingInterval: requestTime / 10,
  }, answer);
  const open = new Map<string, number>();
  server.maxConnections = connections;
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once("close", () => {
      const left = open.get(address)! - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count > connectionsOfAddress) socket.destroy();
  });
  return server;
}
