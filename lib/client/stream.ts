import { importLate, openWebSocket } from "./runtime.ts";
import { createConnection, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { IClientOptions, IStream, MqttClient } from "mqtt";
import type { browserStreamBuilder } from "mqtt/lib/connect/ws";
import type { BrokerAddress } from "./address.ts";
import { createDirectClient, isLoopback, proxyVariable } from "./proxy.ts";
import { type GatheringStream, gatherWrites } from "./write_buffer.ts";
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

/** Certificates and keys in PEM form, as text. */
export interface TlsOptions {
  /**
   * The certificate authorities to trust, one or several in each text. Over
   * `mqtts://` no others count; over `wss://` those that Deno trusts do, too.
   */
  ca?: string | string[];
  /** The client's own certificate, where the broker asks for one. */
  cert?: string;
  /** The private key of `cert`. */
  key?: string;
  /**
   * The name that the broker's certificate must be for, if not the host's.
   * WebSocket knows only the host's.
   */
  servername?: string;
}

/** What opens a stream to the broker, beside its address. */
export interface StreamOptions {
  tls?: TlsOptions;
  bindAddress?: string;
}

let buildStream: typeof browserStreamBuilder;

/** Loads what a stream over WebSocket needs, before the first is opened. */
export async function loadWebSocket(): Promise<void> {
  ({ browserStreamBuilder: buildStream } = await importLate<
    typeof import("mqtt/lib/connect/ws")
  >("mqtt/lib/connect/ws", "npm:mqtt@5.16.0/lib/connect/ws"));
}

// Past a socket's usual 16 kB, each publish of MQTT.js waits for its own `drain`.
const WRITE_BUFFER = 1024 * 1024;

// Of a larger frame Deno writes the head by itself, and Nagle's algorithm, which can't
// be turned off there, holds the rest until the peer's system has acknowledged that:
// 40 ms, each time that the peer waits for the rest before it says anything.
const WHOLE_FRAME = 1024;

/** Opens the stream that an MQTT.js client speaks over. */
export function openStream(
  client: MqttClient,
  address: BrokerAddress,
  options: StreamOptions,
): GatheringStream {
  const { protocol } = address;
  const stream = openers[protocol](client, address, options);
  const isFramed = protocol === "ws" || protocol === "wss";
  return gatherWrites(stream, isFramed ? WHOLE_FRAME : undefined);
}

type Opener = (
  client: MqttClient,
  address: BrokerAddress,
  options: StreamOptions,
) => IStream;

const openers: Record<BrokerAddress["protocol"], Opener> = {
  mqtt: (_client, address, options) =>
    address.hostname.includes("%")
      ? openZoned(address, { writableHighWaterMark: WRITE_BUFFER })
      : createConnection(tcp(address, options)),
  mqtts: (client, address, { tls = {}, ...options }) =>
    connectTls({
      ...tcp(address, options),
      ...(address.hostname.includes("%") && {
        socket: openers.mqtt(client, address, options),
      }),
      ...(isIP(address.hostname) === 0 && { servername: address.hostname }),
      ...tls,
      // Unless it is said, NODE_TLS_REJECT_UNAUTHORIZED=0 would turn it off.
      rejectUnauthorized: true,
    }),
  ws: openWebSocketStream,
  wss: openWebSocketStream,
};

function tcp(address: BrokerAddress, { bindAddress }: StreamOptions) {
  return {
    host: address.hostname,
    port: address.port,
    noDelay: true,
    writableHighWaterMark: WRITE_BUFFER,
    ...(bindAddress !== undefined && { localAddress: bindAddress }),
  };
}

function openWebSocketStream(
  client: MqttClient,
  address: BrokerAddress,
  { tls }: StreamOptions,
): IStream {
  const httpClient = createHttpClient(address, tls);
  const options: IClientOptions = {
    ...client.options,
    protocol: address.protocol,
    hostname: address.hostname.includes(":")
      ? `[${address.hostname}]`
      : address.hostname,
    port: address.port,
    path: address.path,
    browserBufferTimeout: 5,
    createWebsocket: (url: string, protocols: string[]) =>
      openWebSocket(url, {
        protocols,
        ...(httpClient && { client: httpClient }),
      }),
  };
  const stream = buildStream(client, options);
  stream.once("close", () => httpClient?.close());
  return stream;
}

/** Makes an HTTP client, where Deno's own isn't what is wanted. */
function createHttpClient(
  address: BrokerAddress,
  tls: TlsOptions | undefined,
): Deno.HttpClient | undefined {
  const { ca = [], cert, key } = tls ?? {};
  const options = {
    caCerts: [ca].flat(),
    ...(cert !== undefined && key !== undefined && { cert, key }),
  };
  // Deno would ask a proxy even for what is on this computer.
  if (isLoopback(address.hostname) && proxyVariable(address) !== undefined) {
    return createDirectClient(address.hostname, options);
  }
  return tls && Deno.createHttpClient(options);
}

const READ_SIZE = 64 * 1024;

/**
 * Opens a TCP connection to an IPv6 address with a zone (`fe80::1%eth0`), which
 * Deno's `node:net` refuses and `Deno.connect` takes.
 */
function openZoned(
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
