/**
 * A broker that records every packet and can withhold single ones.
 *
 * @module
 */
import { once } from "node:events";
import { Buffer } from "node:buffer";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import mqttPacket, { type Packet } from "mqtt-packet";
import { packetLength } from "../../lib/client/packet_length.ts";
import {
  type BrokerOptions,
  type Client,
  connect as connectClient,
  Message,
  startBroker,
} from "../../lib/mod.ts";

/** How long a retained message may take to come, in milliseconds. */
const LONGEST_SILENCE = 1000;

/** More than the packets of any check take together, in bytes. */
const MOST_BYTES = 3_000_000;

/** What it takes to keep a packet, and a connection, besides their bytes. */
const KEPT = { packet: 200, connection: 10_000 };

/** A packet that went through. */
export interface RecordedPacket {
  /** Who sent it. */
  from: "program" | "broker";
  /** Which connection it belongs to, from 0. */
  connection: number;
  packet: Packet;
  /** When it went through, in milliseconds, as `performance.now()` tells. */
  at: number;
}

/** Decides whether a packet is withheld. */
type Withhold = (passing: Omit<RecordedPacket, "at">) => boolean;

/** A broker for one check. Disposing of it ends it. */
export interface RecordingBroker extends AsyncDisposable {
  /** Where the program under check connects to. */
  readonly url: string;
  readonly port: number;
  /** Every packet of the program's connections so far, in order. */
  readonly packets: readonly RecordedPacket[];
  /** What was published on the broker by whomever, in order. */
  readonly messages: readonly Message[];
  /** Whether far too much went through, and so nothing more does. */
  readonly hasFlooded: boolean;
  /** Called after each packet and each message. */
  onChange: () => void;
  /** Publishes as somebody else. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options?: { qos?: 0 | 1 | 2; retain?: boolean },
  ): Promise<void>;
  /** What the broker has kept for new subscribers; nothing if it keeps none. */
  retained(topic: string): Promise<Message | undefined>;
  /** From now on withholds the broker's packets that match, until released. */
  withhold(which: Withhold): { release: () => void };
  /** Breaks all of the program's connections. */
  cut(): void;
}

/**
 * Starts a broker behind a relay that looks at each packet.
 *
 * @param options Users and rules of the broker.
 * @returns The broker.
 */
export async function startRecordingBroker(
  options: Pick<BrokerOptions, "users" | "rules"> = {},
): Promise<RecordingBroker> {
  const observer = { observer: crypto.randomUUID() };
  const broker = await startBroker({
    port: 0,
    ...options,
    ...options.users && { users: { ...options.users, ...observer } },
  });
  const messages: Message[] = [];
  const credentials = {
    ...options.users &&
      { username: "observer", password: observer.observer },
  };
  const client = await observe(broker.url, credentials, (message) => {
    messages.push(message);
    recording.onChange();
  });

  const packets: RecordedPacket[] = [];
  const sockets = new Set<Socket>();
  const gate = new Gate();
  let connections = 0;
  let bytesLeft = MOST_BYTES;
  const spend = (bytes: number) => {
    bytesLeft -= bytes;
    if (bytesLeft < 0) recording.cut();
  };
  const server = createServer((program) => {
    spend(KEPT.connection);
    if (bytesLeft < 0) return void program.destroy();
    const connection = connections++;
    const upstream = connect(broker.port, "127.0.0.1");
    for (const socket of [program, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
    }
    const record = (from: RecordedPacket["from"], packet: Packet) => {
      packets.push({ from, connection, packet, at: performance.now() });
      recording.onChange();
    };
    for (const socket of [program, upstream]) {
      socket.on("data", ({ length }: Uint8Array) => spend(length));
    }
    relay(program, upstream, (bytes, packet) => {
      spend(KEPT.packet);
      record("program", packet);
      upstream.write(bytes);
    });
    relay(upstream, program, (bytes, packet) => {
      spend(KEPT.packet);
      const pass = () => {
        record("broker", packet);
        program.write(bytes);
      };
      gate.pass({ from: "broker", connection, packet }, pass);
    });
    // What a program sent last still goes through after its end.
    program.on("close", () => upstream.end());
    upstream.on("close", () => program.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const recording: RecordingBroker = {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    packets,
    messages,
    onChange: () => {},
    get hasFlooded() {
      return bytesLeft < 0;
    },
    async publish(topic, payload, options = {}) {
      const bytes = typeof payload === "string"
        ? payload
        : Buffer.from(payload);
      await client.publishAsync(topic, bytes, options);
    },
    async retained(topic) {
      const { promise, resolve } = Promise.withResolvers<Message | undefined>();
      await using subscriber = await connectClient(broker.url, credentials);
      subscriber.on(
        "message",
        (name, payload, packet) => resolve(new Message(name, payload, packet)),
      );
      await subscriber.subscribeAsync(topic, { qos: 2 });
      const timer = setTimeout(() => resolve(undefined), LONGEST_SILENCE);
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
      }
    },
    withhold: (which) => gate.close(which),
    cut() {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    async [Symbol.asyncDispose]() {
      this.cut();
      server.close();
      await client.close();
      await broker.close();
    },
  };
  return recording;
}

/** Subscribes to everything before the program under check is started. */
async function observe(
  url: string,
  credentials: { username?: string; password?: string },
  onMessage: (message: Message) => void,
): Promise<Client> {
  const client = await connectClient(url, credentials);
  client.on(
    "message",
    (topic, payload, packet) => onMessage(new Message(topic, payload, packet)),
  );
  await client.subscribeAsync("#", { qos: 2 });
  return client;
}

/** Cuts what arrives into packets: each with its bytes, as they came. */
function relay(
  source: Socket,
  target: Socket,
  onPacket: (bytes: Uint8Array, packet: Packet) => void,
): void {
  const parser = mqttPacket.parser();
  let begun: Uint8Array = new Uint8Array();
  let frame: Uint8Array = begun;
  parser.on("packet", (packet) => onPacket(frame, packet));
  // What isn't MQTT is for the broker to judge.
  parser.on("error", () => target.write(frame));
  source.on("data", (chunk: Uint8Array) => {
    begun = Buffer.concat([begun, chunk]);
    for (;;) {
      const length = packetLength(begun);
      if (length === undefined || begun.length < length) return;
      frame = begun.subarray(0, length);
      begun = begun.subarray(length);
      parser.parse(Buffer.from(frame));
    }
  });
  source.on("end", () => target.end());
}

/** Keeps packets back, and what follows them, so that the order stays. */
class Gate {
  #which: Withhold | undefined;
  #held: { connection: number; pass: () => void }[] = [];

  pass(passing: Parameters<Withhold>[0], pass: () => void): void {
    const { connection } = passing;
    const waits = this.#held.some((held) => held.connection === connection);
    if (waits || this.#which?.(passing)) this.#held.push({ connection, pass });
    else pass();
  }

  close(which: Withhold): { release: () => void } {
    this.#which = which;
    return {
      release: () => {
        this.#which = undefined;
        for (const { pass } of this.#held.splice(0)) pass();
      },
    };
  }
}
