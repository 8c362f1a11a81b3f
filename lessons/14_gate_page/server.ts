/**
 * @title Serve the gate's page
 * @difficulty advanced
 * @tags web page, WebSocket, bridge, streams
 * @run deno run --allow-env --allow-net lessons/14_gate_page/server.ts
 *
 * A web page can't open a TCP connection, only a WebSocket. This server hands
 * out the page, and carries bytes between the page's WebSocket and the broker.
 */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { pipeline } from "node:stream";
// @ts-types="npm:@types/ws@8.18.2"
import { createWebSocketStream, WebSocketServer } from "ws";
import { brokerAddress, exitWithError, StopSignal } from "../../lib/mod.ts";
import { openStream } from "./_broker.ts";
import { listen, servePage } from "./_web.ts";

const [host = "127.0.0.1", port = "8080"] = Deno.args;

// Any page in the browser, wherever it comes from, may ask for a WebSocket to
// this computer. Let only ours in: it comes from the address that it asks. That
// address must not be a stranger's name, which may lead to this computer, too.
function isFromOurPage({ origin, host: address }: IncomingHttpHeaders) {
  const name = URL.parse(`http://${address}`)?.hostname ?? "";
  const isOurName = ["localhost", host].includes(name) ||
    isIP(name.replace(/[[\]]/g, "")) > 0;
  return isOurName && origin === `http://${address}`;
}

try {
  const broker = brokerAddress();
  const server = createServer(servePage);
  // Half a message waits in memory. Who sends more than a page ever does is cut.
  const acceptor = new WebSocketServer({ noServer: true, maxPayload: 65_536 });
  server.on("upgrade", (request, socket, head) => {
    if (request.url !== "/mqtt" || !isFromOurPage(request.headers)) {
      return socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
    }
    // MQTT over WebSocket is the same bytes as over TCP, put into frames. A
    // pipeline waits where the other side is slower. A page's last bytes get 0.5 s.
    acceptor.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on("error", () => webSocket.terminate());
      const toPage = createWebSocketStream(webSocket);
      const toBroker = openStream(broker);
      pipeline(toPage, toBroker, () => {});
      pipeline(toBroker, toPage, () => {});
      webSocket.on("close", () => setTimeout(() => toBroker.destroy(), 500));
    });
  });

  using stop = new StopSignal();
  console.log(`The gate's page is at ${await listen(server, host, port)}`);
  await stop.requested;
  for (const webSocket of acceptor.clients) webSocket.terminate();
  server.close();
  server.closeAllConnections();
} catch (error) {
  exitWithError(error);
}
