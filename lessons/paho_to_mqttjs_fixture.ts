/**
 * What the lines of code on `paho_to_mqttjs.md` work with: real brokers, clients,
 * and a tap on the wire between them.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { once } from "node:events";
import {
  type AddressInfo,
  connect as openSocket,
  createServer,
  type Socket,
} from "node:net";
import type { MqttClient, Packet } from "mqtt";
import mqttPacket from "mqtt-packet";
import { connect, type Message, startBroker, subscribe } from "../lib/mod.ts";
import { CA, LOCALHOST } from "../testing/certificates/certificates.ts";
import { openClient } from "../testing/clients/clients.ts";
import { within } from "../testing/deadline.ts";

const TOPIC = "iot/lamp";

/**
 * Starts all that a line of code may use.
 *
 * @param protocolVersion The version of MQTT that `client` speaks.
 * @returns The variables that the page explains. Disposing of them ends it all,
 *   and whatever client the line has made.
 */
// deno-lint-ignore explicit-function-return-type
export async function startFixture(protocolVersion: 4 | 5) {
  const parts = new AsyncDisposableStack();
  const broker = parts.use(
    await startBroker({
      port: 0,
      websocketPort: 0,
      tls: { ...LOCALHOST, port: 0 },
    }),
  );
  const locked = parts.use(
    await startBroker({
      port: 0,
      users: { alice: "abc-123" },
      rules: [{ subscribe: ["iot/#"] }],
    }),
  );
  const { url } = broker;
  const wire = parts.use(await tapWire(url));
  const other = parts.use(await openClient(url));
  await other.subscribe("#", 2);

  const first = Promise.withResolvers<Message>();
  await using _first = await subscribe(url, TOPIC, first.resolve, false, {
    qos: 1,
  });
  await other.publish(TOPIC, "21.5", { qos: 1 });
  const message = await within("the message", first.promise);
  await other.untilReceived(1);
  let taken = 1;

  const connectHere: typeof connect = async (host, options) => {
    const client = await connect(host, { log: () => {}, ...options });
    parts.defer(() => client.close({ timeout: 0 }));
    return client;
  };
  const subscribeHere = async (...args: Parameters<typeof subscribe>) => {
    const subscription = await (subscribe as (
      ...args: unknown[]
    ) => Promise<AsyncDisposable | void>)(...args);
    if (subscription) parts.use(subscription);
    return subscription;
  };

  const client = await connectHere(wire.url, {
    retryDelay: [0.01, 0.01],
    protocolVersion,
  });
  await client.subscribeAsync(TOPIC, { qos: 1 });

  const lines = new TransformStream<string, string>();
  const printer = lines.writable.getWriter();
  const reader = lines.readable.getReader();
  return {
    host: wire.url,
    websocketHost: broker.websocketUrl!,
    tlsHost: broker.tlsUrl!,
    lockedHost: locked.url,
    ca: CA,
    topic: TOPIC,
    client,
    message,
    connect: connectHere,
    subscribe: subscribeHere as typeof subscribe,
    sent: wire.sent,
    count: wire.count,
    mute: wire.mute,
    async cut(target: MqttClient = client): Promise<void> {
      const closed = new Promise<void>((resolve) =>
        target.once("close", resolve)
      );
      wire.cut();
      await within("the connection's end", closed);
    },
    async receive(payload: string): Promise<void> {
      const received = new Promise((resolve) =>
        client.once("message", resolve)
      );
      await other.publish(TOPIC, payload, { qos: 1 });
      await within("the message", received);
    },
    async next(): Promise<{ topic: string; text: string; retain: boolean }> {
      return (await other.untilReceived(++taken))[taken - 1]!;
    },
    print(...values: unknown[]): void {
      printer.write(values.join(" "));
    },
    async printed(): Promise<string> {
      return (await within("a printed line", reader.read())).value!;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** A tap on the wire between clients and their broker. */
interface Wire extends AsyncDisposable {
  /** The address that clients connect to. */
  url: string;
  /** The last packet of a kind that a client has sent; waits for the first. */
  sent<C extends Packet["cmd"]>(
    cmd: C,
  ): Promise<Extract<Packet, { cmd: C }>>;
  /** How many packets of a kind clients have sent. */
  count(cmd: Packet["cmd"]): number;
  /** Withholds what the broker sends from here on. */
  mute(): void;
  /** Cuts all connections, as a broken cable does. */
  cut(): void;
}

async function tapWire(broker: string): Promise<Wire> {
  const packets: Packet[] = [];
  const sockets = new Set<Socket>();
  let changed = Promise.withResolvers<void>();
  let isMuted = false;

  const server = createServer((client) => {
    const { hostname, port } = new URL(broker);
    const upstream = openSocket(Number(port), hostname);
    const parser = createParser();
    parser.on("packet", (packet) => {
      packets.push(packet);
      changed.resolve();
      changed = Promise.withResolvers();
    });
    client.on("data", (chunk: Buffer) => {
      parser.parse(chunk);
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => isMuted || client.write(chunk));
    for (const [socket, peer] of [[client, upstream], [upstream, client]]) {
      sockets.add(socket!);
      socket!.setNoDelay(true);
      socket!.on("end", () => peer!.end());
      socket!.on("error", () => socket!.destroy());
      socket!.on("close", () => peer!.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  function cut(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async sent<C extends Packet["cmd"]>(cmd: C) {
      type Wanted = Extract<Packet, { cmd: C }>;
      const isWanted = (packet: Packet): packet is Wanted => packet.cmd === cmd;
      while (!packets.some(isWanted)) {
        await within(`a packet ${cmd}`, changed.promise);
      }
      return packets.findLast(isWanted)!;
    },
    count: (cmd) => packets.filter((packet) => packet.cmd === cmd).length,
    mute: () => isMuted = true,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

/** A parser that learns the protocol's version from CONNECT. */
function createParser(): mqttPacket.Parser {
  const settings: { protocolVersion?: number } = {};
  const parser = mqttPacket.parser(settings);
  parser.on("packet", (packet) => {
    if (packet.cmd !== "connect") return;
    settings.protocolVersion = packet.protocolVersion ?? 4;
  });
  return parser;
}
