/**
 * @title Speak MQTT over WebSocket
 * @difficulty intermediate
 * @tags transport, WebSocket
 * @run deno run --allow-env --allow-net=127.0.0.1 lessons/16_connection_options/websocket.ts
 *
 * Web pages can't open TCP connections, and some networks let only the web pass.
 * WebSocket carries the same packets there, to a port of its own.
 */
import { connect, exitWithError, startBroker } from "../../lib/mod.ts";
import { BrokerUnreachableError, printable, subscribe } from "../../lib/mod.ts";

try {
  // A broker needs a listener for WebSocket, which yours may lack. So this
  // program starts one of its own, with both listeners on free ports.
  await using broker = await startBroker({ port: 0, websocketPort: 0 });

  // A subscriber on TCP.
  const received = Promise.withResolvers<void>();
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    ({ topic, text }) => {
      console.log(printable(`over TCP: ${topic} ${text}`));
      received.resolve();
    },
    false,
  );

  // A publisher on WebSocket. The URL's beginning says so, or the option
  // transport: the broker doesn't care which way a message has come.
  const { port } = new URL(broker.websocketUrl!);
  const host = `127.0.0.1:${port}`;
  await using client = await connect(host, { transport: "websocket" });
  await client.publishAsync("iot/greeting", "hello from WebSocket");
  await received.promise;

  // The transport must fit the port: here, a client speaks plain MQTT to a port
  // that waits for WebSocket.
  await connect(host, { retry: false }).catch((error) => {
    if (!(error instanceof BrokerUnreachableError)) throw error;
    console.log(error.message);
  });
} catch (error) {
  exitWithError(error);
}
