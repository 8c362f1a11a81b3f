import { assert } from "@std/assert";
import mqtt from "mqtt";
import { startBroker } from "../broker.ts";
import { connect } from "../connect.ts";
import { within } from "../../testing/deadline.ts";

// The first mqtt.connect() of a process settles for good which transports MQTT.js
// knows: connect() must not depend on it.
for (const isWebSocketFirst of [true, false]) {
  const order = isWebSocketFirst ? ["ws", "mqtt"] : ["mqtt", "ws"];
  Deno.test(`connect() speaks ${order[0]} and then ${order[1]} in one process`, async () => {
    await using broker = await startBroker({ port: 0, websocketPort: 0 });
    const urls = [broker.url, broker.websocketUrl!];
    for (const url of isWebSocketFirst ? urls.reverse() : urls) {
      await using client = await within("the connection", connect(url));
      await client.publishAsync("iot/x", "1", { qos: 1 });
    }
  });
}

Deno.test("connect() speaks mqtt where MQTT.js's own client has taken the browser's transports", async () => {
  await using broker = await startBroker({ port: 0, websocketPort: 0 });
  const options = { forceNativeWebSocket: true };
  const first = mqtt.connect(broker.websocketUrl!, options);
  await within(
    "the first connection",
    new Promise<void>((resolve) => first.once("connect", () => resolve())),
  );
  await using client = await within("the connection", connect(broker.url));
  assert(client.connected);
  await first.endAsync();
});

Deno.test("connect() sends small packets over WebSocket in frames that leave whole", async () => {
  const sizes: number[] = [];
  const listening = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  await using server = Deno.serve(listening, (request) => {
    const protocol = "mqtt";
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol });
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => {
      // CONNACK, to what comes first.
      if (sizes.length === 0) socket.send(new Uint8Array([0x20, 2, 0, 0]));
      sizes.push(data.byteLength);
    };
    return response;
  });
  const client = await connect(`ws://127.0.0.1:${server.addr.port}`);
  for (let value = 0; value < 1_000; value++) client.publish("iot/x", "1");
  await within("the end", client.close());
  assert(Math.max(...sizes) <= 1024, `${sizes}`);
  assert(sizes.reduce((sum, size) => sum + size) > 10_000);
});
