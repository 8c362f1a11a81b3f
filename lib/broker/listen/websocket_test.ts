import { assert, assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { type Broker, startBroker } from "../../broker.ts";
import { CA } from "../../../testing/certificates/certificates.ts";
import { within } from "../../../testing/deadline.ts";
import {
  connectPacket,
  publishPacket,
  rawPacket,
  subscribePacket,
  TYPE,
} from "../../../testing/clients/raw_client.ts";
import { openClient } from "../../../testing/clients/clients.ts";
import {
  FRAME,
  frame,
  httpRequest,
  UPGRADE,
} from "../../../testing/clients/websocket_frames.ts";
import { times } from "../../../testing/test.ts";
import { EVERYWHERE } from "../../../testing/brokers/embedded_broker.ts";

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
  const opened = Promise.withResolvers<void>();
  socket.onopen = () => opened.resolve();
  socket.onerror = (event) => opened.reject((event as ErrorEvent).error);
  await within("the WebSocket to open", opened.promise);
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
  for (const protocol of [[], ["Sec-WebSocket-Protocol: chat"]]) {
    const [hostname, port] = host.split(":") as [string, string];
    using conn = await Deno.connect({ hostname, port: Number(port) });
    const lines = UPGRADE.filter((line) => !line.includes("Protocol: "));
    await conn.write(httpRequest([...lines, ...protocol]));
    const reading = new Response(conn.readable).text();
    const answer = await within("an answer", reading);
    assertMatch(answer, /^HTTP\/1\.1 400 .*subprotocol must be "mqtt"\n$/s);
  }
});

Deno.test("startBroker() answers plain HTTP with 426, over TLS too", async () => {
  await using broker = await startBroker(EVERYWHERE);
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

const BINARY = FRAME.FIN | FRAME.BINARY;
const CLOSE = FRAME.FIN | FRAME.CLOSE;

/** A connection to the broker's port for WebSocket. */
interface RawWebSocket extends Disposable {
  send(...frames: Uint8Array[]): Promise<void>;
  /** Reads until some bytes have come, and returns all since the last time. */
  until(bytes: Uint8Array): Promise<Buffer>;
  /** Answers the closing frame, and returns what it says, if there is one. */
  end(): Promise<number | undefined>;
}

async function openRawWebSocket(
  { websocketUrl }: Broker,
  ...lines: string[]
): Promise<RawWebSocket> {
  const { hostname, port } = new URL(websocketUrl!);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const chunk = new Uint8Array(65_536);
  let seen = Buffer.alloc(0);
  async function read(): Promise<boolean> {
    const reading = connection.read(chunk).catch(() => null);
    const count = await within("the broker", reading);
    seen = Buffer.concat([seen, chunk.subarray(0, count ?? 0)]);
    return count !== null;
  }
  const raw: RawWebSocket = {
    async send(...frames) {
      const all = Buffer.concat(frames);
      for (let sent = 0; sent < all.length;) {
        const writing = connection.write(all.subarray(sent));
        sent += await within("the broker to read", writing);
      }
    },
    async until(bytes) {
      while (!seen.includes(bytes)) {
        if (!await read()) throw new Error(`The broker closed after ${seen}`);
      }
      const all = seen;
      seen = Buffer.alloc(0);
      return all;
    },
    async end() {
      let hasAnswered = false;
      while (await read()) {
        if (hasAnswered || !seen.includes(CLOSE)) continue;
        hasAnswered = true;
        await raw.send(frame(CLOSE, Buffer.alloc(0))).catch(() => {});
      }
      const start = seen.lastIndexOf(CLOSE);
      return start < 0 ? undefined : seen.readUInt16BE(start + 2);
    },
    [Symbol.dispose]: () => connection.close(),
  };
  await raw.send(httpRequest([...UPGRADE, ...lines]));
  return raw;
}

async function openConnected(broker: Broker): Promise<RawWebSocket> {
  const raw = await openRawWebSocket(broker);
  await raw.send(frame(BINARY, connectPacket()));
  await raw.until(Buffer.of(TYPE.CONNACK, 2, 0, 0));
  return raw;
}

/** What RFC 6455 forbids, and the status that the broker closes with. */
const FORBIDDEN: Record<string, [number, ...Uint8Array[]]> = {
  "a text frame": [1003, frame(FRAME.FIN | FRAME.TEXT, Buffer.from("hello"))],
  "a frame without a mask": //
    [1002, frame(BINARY, rawPacket(TYPE.PINGREQ), false)],
  "a compressed frame": [
    1002,
    frame(BINARY | FRAME.COMPRESSED, deflateRawSync(Buffer.alloc(1_000_000))),
  ],
  "a continuation of nothing": //
    [1002, frame(FRAME.FIN, rawPacket(TYPE.PINGREQ))],
  "a message within a message": [
    1002,
    frame(FRAME.BINARY, Buffer.alloc(1)),
    frame(BINARY, Buffer.alloc(1)),
  ],
  "a ping in pieces": [1002, frame(FRAME.PING, Buffer.alloc(1))],
  "a ping that is too long": //
    [1002, Buffer.of(FRAME.FIN | FRAME.PING, FRAME.MASKED | 126, 1, 0)],
  "an unknown opcode": [1002, frame(FRAME.FIN | 3, Buffer.alloc(1))],
  "a frame of 16 MB": //
    [1009, Buffer.of(BINARY, FRAME.MASKED | 127, 0, 0, 0, 0, 1, 0, 0, 0)],
  "a frame of more bytes than a number can count": //
    [1009, Buffer.of(BINARY, FRAME.MASKED | 127, ...Array(8).fill(255))],
  "a message of too many fragments": [
    1008,
    ...times(20_000, () => frame(0, Buffer.alloc(0)))
      .with(0, frame(FRAME.BINARY, Buffer.alloc(0))),
  ],
};

Deno.test("startBroker() closes with the status that RFC 6455 has for a wrong frame", async () => {
  await using broker = await startBroker(WEBSOCKET);
  await using other = await openClient(broker.websocketUrl!);
  await other.subscribe("a", 1);
  for (const [name, [status, ...frames]] of Object.entries(FORBIDDEN)) {
    using raw = await openConnected(broker);
    await raw.send(...frames);
    assertEquals(await raw.end(), status, name);
    await other.publish("a", name, { qos: 1 });
  }
  // Before CONNECT it is the same.
  using stranger = await openRawWebSocket(broker);
  await stranger.send(FORBIDDEN["a text frame"]![1]!);
  assertEquals(await stranger.end(), 1003);
  const count = Object.keys(FORBIDDEN).length;
  assertEquals((await other.untilReceived(count)).length, count);
});

Deno.test("startBroker() doesn't agree to compression, so there is nothing to unpack", async () => {
  await using broker = await startBroker(WEBSOCKET);
  using raw = await openRawWebSocket(broker);
  const answer = String(await raw.until(Buffer.from("\r\n\r\n")));
  assertMatch(answer, /^HTTP\/1\.1 101 /);
  assert(!/sec-websocket-extensions/i.test(answer), answer);
});

Deno.test("startBroker() puts packets together from fragments of a byte, with pings in between", async () => {
  await using broker = await startBroker(WEBSOCKET);
  using raw = await openConnected(broker);
  const payload = "x".repeat(50);
  const packets = Buffer.concat([
    subscribePacket({ a: 0 }),
    publishPacket({ topic: "a", payload }),
  ]);
  const frames = [...packets].flatMap((byte, index) => [
    frame(index === 0 ? FRAME.BINARY : 0, Buffer.of(byte)),
    ...index % 10 === 0
      ? [frame(FRAME.FIN | FRAME.PING, Buffer.of(index))]
      : [],
  ]);
  await raw.send(...frames, frame(FRAME.FIN, Buffer.alloc(0)));
  await raw.until(Buffer.from(payload));
});

Deno.test("startBroker() takes several packets in a frame that is larger than any of them may be", async () => {
  const options = { ...WEBSOCKET, limits: { maxPacketSize: 1_000 } };
  await using broker = await startBroker(options);
  using raw = await openConnected(broker);
  const packets = times(100, (index) =>
    publishPacket({
      topic: "a",
      payload: "x".repeat(500),
      qos: 1,
      id: index + 1,
    }));
  await raw.send(frame(BINARY, Buffer.concat(packets)));
  await raw.until(Buffer.of(TYPE.PUBACK, 2, 0, 100));
  // A packet that is too large is cut, whatever frames it comes in.
  const large = publishPacket({ topic: "a", payload: "x".repeat(2_000) });
  await raw.send(
    frame(BINARY, large.subarray(0, 1)),
    frame(BINARY, large.subarray(1, 9)),
  );
  assertEquals(await raw.end(), 1000);
});

Deno.test("startBroker() closes a WebSocket at once that goes on sending after an error", async () => {
  await using broker = await startBroker(WEBSOCKET);
  using raw = await openConnected(broker);
  const start = performance.now();
  const flood = frame(BINARY, Buffer.alloc(10_000));
  await raw.send(...Array(100).fill(flood));
  assertEquals(await raw.end(), 1000);
  const milliseconds = performance.now() - start;
  assert(milliseconds < 3_000, `${milliseconds} ms`);
});

Deno.test("startBroker() cuts who sends pings by the thousand and never reads", async () => {
  await using broker = await startBroker(WEBSOCKET);
  using raw = await openConnected(broker);
  const pings = Buffer.concat(
    Array(1_000).fill(frame(FRAME.FIN | FRAME.PING, Buffer.alloc(125))),
  );
  await raw.send(pings);
  // Without a word, as it wouldn't read one.
  assertEquals(await raw.end(), undefined);
});
