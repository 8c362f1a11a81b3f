import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import {
  type AddressInfo,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { KeyPair } from "./key_pair.ts";
import { BrokerStartError } from "../errors.ts";
import type { Admission } from "./admission.ts";
import {
  acceptWebSockets,
  type Serve,
  type WebSocketOptions,
} from "./websocket.ts";

/** What clients come through. */
interface Door extends WebSocketOptions {
  admission: Admission;
  serve: Serve;
}

/** A server that accepts connections. */
export interface Listener {
  /** The port, also where any free one was asked for. */
  readonly port: number;
  /** The IP address; `0.0.0.0` and `::` are all that this computer has. */
  readonly address: string;
  /** Stops listening and cuts all connections. */
  close(): Promise<void>;
}

/** Listens for MQTT over TCP, or over TLS with a key pair. */
export function listenTcp(
  host: string,
  port: number,
  door: Door,
  tls?: KeyPair,
): Promise<Listener> {
  const accept = (socket: Socket) => {
    if (socket.destroyed) return;
    const remote = `${socket.remoteAddress}:${socket.remotePort}`;
    door.admission.isServed(remote);
    door.serve(socket, remote);
  };
  const server = tls ? createTlsServer(tls, accept) : createServer(accept);
  return listen(server, host, port, door.admission);
}

/** Listens for MQTT over WebSocket, or over secure WebSocket with a key pair. */
export async function listenWebSocket(
  host: string,
  port: number,
  door: Door,
  tls?: KeyPair,
): Promise<Listener> {
  const server = tls ? createHttpsServer(tls) : createHttpServer();
  await acceptWebSockets(server, (stream, remote) => {
    door.admission.isServed(remote);
    return door.serve(stream, remote);
  }, door);
  return await listen(server, host, port, door.admission);
}

async function listen(
  server: Server,
  host: string,
  port: number,
  admission: Admission,
): Promise<Listener> {
  await assertPermission(host, port);
  const sockets = new Set<Socket>();
  // A TLS server, too, reports the plain connection below, with or without a
  // handshake. This comes first: who isn't admitted goes no further.
  server.prependListener("connection", (socket: Socket) => {
    sockets.add(socket);
    // Acknowledgements mustn't wait for more to come (Nagle's algorithm).
    socket.setNoDelay(true);
    // One that is reset before anybody else listens mustn't end the program.
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    admission.admit(socket);
  });
  server.on("tlsClientError", (error: Error, socket: TLSSocket) => {
    const plain = plainSocketOf(socket);
    if (plain !== undefined) admission.hasFailed(plain, error);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => {
      reject(new BrokerStartError(host, port, error));
    });
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    port: bound.port,
    address: bound.address,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      // What fails now is our doing.
      server.removeAllListeners("tlsClientError");
      // What listens to them, such as ws, is done with only then.
      const gone = [...sockets].map((socket) =>
        new Promise((resolve) => socket.once("close", resolve).destroy())
      );
      await Promise.all([closed, ...gone]);
    },
  };
}

/**
 * The connection below a TLS socket. It has a private name in Node.js, and is
 * all that still knows the address of a client whose handshake has failed.
 */
function plainSocketOf(socket: TLSSocket): Socket | undefined {
  return (socket as { _parent?: Socket })._parent;
}

/** Without a permission, listening throws where nobody can catch it. */
async function assertPermission(host: string, port: number): Promise<void> {
  const name = host.includes(":") ? `[${host}]` : host;
  const { state } = await Deno.permissions.request({
    name: "net",
    host: `${name}:${port}`,
  });
  if (state === "granted") return;
  const cause = new Deno.errors.NotCapable("Listening is not permitted");
  throw new BrokerStartError(host, port, cause);
}
