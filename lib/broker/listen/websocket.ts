import { Buffer } from "node:buffer";
import type { IncomingMessage, Server } from "node:http";
import { Duplex } from "node:stream";
import type { WebSocket } from "npm:@types/ws@8.18.2";
import { importLate } from "../../client/runtime.ts";
import type { Client } from "../client.ts";
import { quote } from "../log.ts";
import type { PageAllowed } from "./admission.ts";

/** MQTT 3.1.1 section 6.0, and the name that MQTT 3.1 clients use. */
const SUBPROTOCOLS = ["mqtt", "mqttv3.1"];
/** What a frame may have besides the largest packet: others, much smaller. */
const ROOM_FOR_OTHERS = 1024 * 1024;
const SERVER_OPTIONS = {
  noServer: true,
  // A few compressed bytes could become very many.
  perMessageDeflate: false,
  // ws's types don't know what follows. Fragments of a byte cost a hundred.
  maxFragments: 1_024,
  // How many milliseconds a client has to answer a closing frame.
  closeTimeout: 5_000,
};
const NORMAL_CLOSURE = 1000;
const UNSUPPORTED_DATA = 1003;

export interface WebSocketOptions {
  isPageAllowed: PageAllowed;
  maxPacketSize: number;
  log: (line: string) => void;
}

export type Serve = (stream: Duplex, remote: string) => Pick<Client, "hold">;

/** Accepts WebSocket connections on an HTTP or HTTPS server, on any path. */
export async function acceptWebSockets(
  server: Server,
  serve: Serve,
  { isPageAllowed, maxPacketSize, log }: WebSocketOptions,
): Promise<void> {
  const { WebSocketServer } = await importLate<
    typeof import("npm:@types/ws@8.18.2")
  >("ws", "npm:ws@8.23.0");
  const acceptor = new WebSocketServer({
    ...SERVER_OPTIONS,
    maxPayload: maxPacketSize + ROOM_FOR_OTHERS,
    handleProtocols: (offered) =>
      SUBPROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on("request", (_request, response) => {
    response.writeHead(426, {
      // One request a connection: nobody can pile up answers here.
      connection: "Upgrade, close",
      upgrade: "websocket",
      "content-type": "text/plain; charset=utf-8",
    });
    response.end("An MQTT broker is here: connect with MQTT over WebSocket\n");
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head) => {
    const { remoteAddress, remotePort } = request.socket;
    // It may be gone already.
    if (remoteAddress === undefined) return void socket.destroy();
    const { origin } = request.headers;
    if (!isPageAllowed(request.headers)) {
      log(
        `Page of ${
          quote(origin!)
        } from ${remoteAddress} refused: origins (--origin) lets in more pages`,
      );
      refuse(socket, "403 Forbidden", "Pages of this origin may not connect");
      return;
    }
    const offered = request.headers["sec-websocket-protocol"]?.split(/\s*,\s*/);
    if (!offered?.some((protocol) => SUBPROTOCOLS.includes(protocol))) {
      const reason = 'The WebSocket subprotocol must be "mqtt"';
      refuse(socket, "400 Bad Request", reason);
      return;
    }
    acceptor.handleUpgrade(request, socket, head, (websocket) => {
      const stream = streamOf(websocket);
      const served = serve(stream, `${remoteAddress}:${remotePort}`);
      // ws keeps the beginning of a message until its end has come.
      let held = 0;
      socket.prependListener("data", (chunk) => {
        if (!served.hold(held += chunk.length)) websocket.terminate();
      });
      websocket.on("message", () => served.hold(held = 0));
    });
  });
}

function refuse(socket: Duplex, status: string, reason: string): void {
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\n\r\n${reason}\n`,
  );
}

/**
 * Makes a stream of a WebSocket's binary frames. Where packets begin and end
 * has nothing to do with the frames (MQTT 3.1.1 section 6.0).
 */
function streamOf(websocket: WebSocket): Duplex {
  const stream = new Duplex({
    read: () => websocket.resume(),
    write: (chunk, _encoding, done) => websocket.send(chunk, done),
    writev: (chunks, done) => {
      const all = Buffer.concat(chunks.map(({ chunk }) => chunk));
      websocket.send(all, done);
    },
    final(done) {
      websocket.close(NORMAL_CLOSURE);
      done();
    },
    destroy(error, done) {
      websocket.resume();
      // What has been sent, such as CONNACK with a refusal, still arrives.
      websocket.close(NORMAL_CLOSURE);
      done(error);
    },
  });
  websocket.on("message", (data: Buffer, isBinary) => {
    // A pause now would keep the answer to our closing frame from being read.
    if (stream.destroyed) return;
    if (!isBinary) websocket.close(UNSUPPORTED_DATA, "MQTT is binary");
    else if (!stream.push(data)) websocket.pause();
  });
  websocket.on("error", (error) => stream.destroy(error));
  websocket.on("close", () => stream.destroy());
  return stream;
}
