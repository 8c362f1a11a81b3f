import { Buffer } from "node:buffer";
import type { IncomingMessage, Server } from "node:http";
import { Duplex } from "node:stream";
// @ts-types="npm:@types/ws@8.18.2"
import { type WebSocket, WebSocketServer } from "ws";

/** MQTT 3.1.1 section 6.0, and the name that MQTT 3.1 clients use. */
const SUBPROTOCOLS = ["mqtt", "mqttv3.1"];
/** The largest MQTT packet (MQTT 3.1.1 section 2.2.3). */
const LARGEST_PACKET = 5 + 268_435_455;
const NORMAL_CLOSURE = 1000;
const UNSUPPORTED_DATA = 1003;

/**
 * Accepts WebSocket connections on an HTTP or HTTPS server, on any path.
 *
 * A page of any origin may connect, as it may to a plain mosquitto.
 */
export function acceptWebSockets(
  server: Server,
  serve: (stream: Duplex, remote: string) => void,
): void {
  const acceptor = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_PACKET,
    handleProtocols: (offered) =>
      SUBPROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on("request", (_request, response) => {
    response.writeHead(426, {
      connection: "Upgrade",
      upgrade: "websocket",
      "content-type": "text/plain; charset=utf-8",
    });
    response.end("An MQTT broker is here: connect with MQTT over WebSocket\n");
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head) => {
    const { remoteAddress, remotePort } = request.socket;
    const offered = request.headers["sec-websocket-protocol"]?.split(/\s*,\s*/);
    if (!offered?.some((protocol) => SUBPROTOCOLS.includes(protocol))) {
      socket.end(
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n" +
          "Content-Type: text/plain; charset=utf-8\r\n\r\n" +
          'The WebSocket subprotocol must be "mqtt"\n',
      );
      return;
    }
    acceptor.handleUpgrade(request, socket, head, (websocket) => {
      serve(streamOf(websocket), `${remoteAddress}:${remotePort}`);
    });
  });
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
      // What has been sent, such as CONNACK with a refusal, still arrives.
      websocket.close(NORMAL_CLOSURE);
      done(error);
    },
  });
  websocket.on("message", (data: Buffer, isBinary) => {
    if (!isBinary) websocket.close(UNSUPPORTED_DATA, "MQTT is binary");
    else if (!stream.push(data)) websocket.pause();
  });
  websocket.on("error", (error) => stream.destroy(error));
  websocket.on("close", () => stream.destroy());
  return stream;
}
