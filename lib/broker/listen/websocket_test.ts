import { assertEquals, assertMatch } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { CA, LOCALHOST } from "../../../testing/certificates/certificates.ts";
import { within } from "../../../testing/deadline.ts";
import {
  connectPacket,
  publishPacket,
  rawPacket,
  subscribePacket,
  TYPE,
} from "../../../testing/clients/raw_client.ts";

interface Opened extends AsyncDisposable {
  socket: WebSocket;
  /** The next message, or the code that the WebSocket was closed with. */
  next(): Promise<number[] | number>;
}

async function open(url: string, protocols: string[]): Promise<Opened> {
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const events: (number[] | number)[] = [];
  let wake = () => {};
  const push = (event: number[] | number) => {
    events.push(event);
    wake();
  };
  const closed = Promise.withResolvers<void>();
  socket.onmessage = ({ data }) => push([...new Uint8Array(data)]);
  socket.onclose = ({ code }) => {
    push(code);
    closed.resolve();
  };
  await within(
    "the WebSocket to open",
    new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = (event) =>
        reject(new Error((event as ErrorEvent).message));
    }),
  );
  socket.onerror = () => {};
  return {
    socket,
    async next() {
      if (events.length === 0) {
        await within("a frame", new Promise<void>((resolve) => wake = resolve));
      }
      return events.shift()!;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await within("the WebSocket to close", closed.promise);
    },
  };
}

const CONNACK = [TYPE.CONNACK, 2, 0, 0];
const WEBSOCKET = { port: 0, websocketPort: 0 };

Deno.test("startBroker() answers on the subprotocols mqtt and mqttv3.1, on any path", async () => {
  await using broker = await startBroker(WEBSOCKET);
  for (const offered of [["mqtt"], ["mqttv3.1"], ["other", "mqtt"]]) {
    for (const path of ["", "/mqtt", "/a?b=c"]) {
      const url = `${broker.websocketUrl}${path}`;
      await using client = await open(url, offered);
      assertEquals(client.socket.protocol, offered.at(-1));
      client.socket.send(connectPacket());
      assertEquals(await client.next(), CONNACK);
    }
  }
});

Deno.test("startBroker() refuses a WebSocket that doesn't offer mqtt", async () => {
  await using broker = await startBroker(WEBSOCKET);
  const { host } = new URL(broker.websocketUrl!);
  for (const protocol of ["", "Sec-WebSocket-Protocol: chat\r\n"]) {
    const [hostname, port] = host.split(":") as [string, string];
    using conn = await Deno.connect({ hostname, port: Number(port) });
    await conn.write(new TextEncoder().encode(
      `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${protocol}\r\n`,
    ));
    const answer = await within(
      "an answer",
      new Response(conn.readable).text(),
    );
    assertMatch(answer, /^HTTP\/1\.1 400 .*subprotocol must be "mqtt"\n$/s);
  }
});

Deno.test("startBroker() answers plain HTTP with 426, over TLS too", async () => {
  await using broker = await startBroker({
    ...WEBSOCKET,
    tls: { ...LOCALHOST, port: 0, websocketPort: 0 },
  });
  using client = Deno.createHttpClient({ caCerts: [CA] });
  for (const url of [broker.websocketUrl!, broker.secureWebsocketUrl!]) {
    for (const method of ["GET", "POST"]) {
      const response = await within(
        "an answer",
        fetch(url.replace("ws", "http"), { client, method }),
      );
      assertEquals(response.status, 426);
      assertEquals(response.headers.get("upgrade"), "websocket");
      assertMatch(await response.text(), /MQTT over WebSocket/);
    }
  }
});

Deno.test("startBroker() closes with 1003 upon a text frame", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    ...WEBSOCKET,
    log: (line) => lines.push(line),
  });
  for (const isConnected of [false, true]) {
    await using client = await open(broker.websocketUrl!, ["mqtt"]);
    if (isConnected) {
      client.socket.send(connectPacket({ clientId: "typist" }));
      assertEquals(await client.next(), CONNACK);
    }
    client.socket.send("hello");
    assertEquals(await client.next(), 1003);
  }
  await using client = await open(broker.websocketUrl!, ["mqtt"]);
  client.socket.send(connectPacket());
  assertEquals(await client.next(), CONNACK);
});

Deno.test("startBroker() doesn't care how packets are cut into frames, and puts several into one", async () => {
  await using broker = await startBroker(WEBSOCKET);
  await using client = await open(broker.websocketUrl!, ["mqtt"]);
  const connect = connectPacket();
  client.socket.send(connect.slice(0, 5));
  client.socket.send(connect.slice(5));
  assertEquals(await client.next(), CONNACK);
  const ping = rawPacket(TYPE.PINGREQ);
  client.socket.send(Uint8Array.from([...ping, ...ping]));
  assertEquals(await client.next(), [TYPE.PINGRESP, 0, TYPE.PINGRESP, 0]);
  client.socket.send(subscribePacket({ a: 0 }));
  assertEquals(await client.next(), [TYPE.SUBACK, 3, 0, 1, 0]);
  const message = publishPacket({ topic: "a", payload: "hello" });
  client.socket.send(message);
  assertEquals(await client.next(), [...message]);
});

Deno.test("startBroker() closes a WebSocket properly after DISCONNECT or a refusal", async () => {
  await using broker = await startBroker({ ...WEBSOCKET, users: { ann: "x" } });
  await using polite = await open(broker.websocketUrl!, ["mqtt"]);
  polite.socket.send(connectPacket({ user: "ann", password: "x" }));
  assertEquals(await polite.next(), CONNACK);
  polite.socket.send(rawPacket(TYPE.DISCONNECT));
  assertEquals(await polite.next(), 1000);
  await using stranger = await open(broker.websocketUrl!, ["mqtt"]);
  stranger.socket.send(connectPacket());
  assertEquals(await stranger.next(), [TYPE.CONNACK, 2, 0, 5]);
  assertEquals(await stranger.next(), 1000);
});
