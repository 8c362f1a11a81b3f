/**
 * A broker that records every packet and can withhold single ones.
 *
 * @module
 */
import { once } from "node:events";
import { Buffer } from "node:buffer";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import mqttPacket, { type Packet } from "mqtt-packet";
import { brokerAddress } from "../../lib/broker_url.ts";
import { packetLength } from "../messages/packet_length.ts";
import {
  type Client,
  connect as connectClient,
  Message,
  startBroker,
} from "../../lib/mod.ts";

/** How long a retained message may take to come, in milliseconds. */
const LONGEST_SILENCE = 1000;

/** More than the packets of any check take together, in bytes. */
const MOST_BYTES = 3_000_000;

/** More than a CONNECT takes, in bytes. */
const MOST_LOGIN_BYTES = 100_000;

/** How many connections that haven't logged in may be open at once. */
const MOST_WAITING = 20;

/** What it takes to keep a packet, and a connection, besides their bytes. */
const KEPT = { packet: 200, connection: 10_000 };

/** A user and a password. */
interface Login {
  username: string;
  password: string;
}

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
  /** Where the program under check connects to, and its login. */
  readonly url: string;
  readonly port: number;
  /** Every packet of the program's connections so far, in order. */
  readonly packets: readonly RecordedPacket[];
  /** What was published on the broker by whomever, in order. */
  readonly messages: readonly Message[];
  /** How many have tried to connect without the login of `url`. */
  readonly strangers: number;
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

/** How a {@linkcode RecordingBroker} is started. */
interface RecordingBrokerOptions {
  /** Who may come in; one whom only the broker's `url` names, unless given. */
  users?: Record<string, string> | undefined;
  /** Whether everyone may come in, if no users are given. */
  isOpen?: boolean;
  /**
   * The address of a broker, with its login, that stands behind the relay; an embedded
   * one of its own unless given.
   */
  behind?: string | undefined;
}

/**
 * Starts a broker behind a relay that looks at each packet. Others on this
 * machine may find its port, but neither get in nor are recorded.
 *
 * @param options Who may come in, and what broker it is.
 */
export async function startRecordingBroker(
  options: RecordingBrokerOptions = {},
): Promise<RecordingBroker> {
  const { broker, observer, login } = options.behind === undefined
    ? await startOwn(options)
    : borrow(options.behind);
  const messages: Message[] = [];
  const client = await observe(broker.url, observer, (message) => {
    messages.push(message);
    recording.onChange();
  });

  const packets: RecordedPacket[] = [];
  const retainedTopics = new Set<string>();
  const sockets = new Set<Socket>();
  const waiting = new Set<Socket>();
  const gate = new Gate();
  let connections = 0;
  let strangers = 0;
  let bytesLeft = MOST_BYTES;
  const spend = (bytes: number) => {
    bytesLeft -= bytes;
    if (bytesLeft < 0) recording.cut();
  };
  const server = createServer((program) => {
    if (bytesLeft < 0) return void program.destroy();
    let connection: number | undefined;
    const admit = () => {
      waiting.delete(program);
      spend(KEPT.connection);
      connection = connections++;
    };
    if (login === undefined) admit();
    else waiting.add(program);
    // Of those that don't log in, who has waited longest makes room.
    if (waiting.size > MOST_WAITING) waiting.values().next().value?.destroy();
    const upstream = connect(broker.port, broker.hostname);
    for (const socket of [program, upstream]) {
      let bytesBefore = 0;
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
      socket.on("data", ({ length }: Uint8Array) => {
        if (connection !== undefined) spend(length);
        else if ((bytesBefore += length) > MOST_LOGIN_BYTES) socket.destroy();
      });
    }
    const record = (from: RecordedPacket["from"], packet: Packet) => {
      if (connection === undefined) return;
      packets.push({ from, connection, packet, at: performance.now() });
      if (packet.cmd === "publish" && packet.retain) {
        retainedTopics.add(packet.topic);
      }
      recording.onChange();
    };
    relay(program, upstream, (bytes, packet) => {
      if (login !== undefined && connection === undefined) {
        if (hasLogin(packet, login)) admit();
        else if (packet.cmd === "connect") strangers++;
      }
      if (connection !== undefined) spend(KEPT.packet);
      record("program", packet);
      upstream.write(bytes);
    });
    relay(upstream, program, (bytes, packet) => {
      if (connection === undefined) return void program.write(bytes);
      spend(KEPT.packet);
      const pass = () => {
        record("broker", packet);
        program.write(bytes);
      };
      gate.pass({ from: "broker", connection, packet }, pass);
    });
    // What a program sent last still goes through after its end.
    program.on("close", () => {
      waiting.delete(program);
      upstream.end();
    });
    upstream.on("close", () => program.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const recording: RecordingBroker = {
    url: `mqtt://${
      login ? `${login.username}:${login.password}@` : ""
    }127.0.0.1:${port}`,
    port,
    packets,
    messages,
    onChange: () => {},
    get strangers() {
      return strangers;
    },
    get hasFlooded() {
      return bytesLeft < 0;
    },
    async publish(topic, payload, options = {}) {
      const bytes = typeof payload === "string"
        ? payload
        : Buffer.from(payload);
      if (options.retain) retainedTopics.add(topic);
      await client.publishAsync(topic, bytes, options);
    },
    async retained(topic) {
      const { promise, resolve } = Promise.withResolvers<Message | undefined>();
      await using subscriber = await connectClient(broker.url, observer);
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
      if (options.behind !== undefined) {
        for (const topic of retainedTopics) {
          await client.publishAsync(topic, "", { qos: 1, retain: true });
        }
      }
      await client.close();
      await broker.close();
    },
  };
  return recording;
}

/** The broker behind the relay. */
interface Behind {
  broker: {
    url: string;
    hostname: string;
    port: number;
    close(): Promise<void>;
  };
  /** Who sees all that is published. */
  observer: Login;
  /** What the program under check logs in with, unless everyone may. */
  login: Login | undefined;
}

async function startOwn(
  { users, isOpen = false }: RecordingBrokerOptions,
): Promise<Behind> {
  const observer = { username: "observer", password: crypto.randomUUID() };
  const login = users === undefined && !isOpen
    ? { username: "check", password: crypto.randomUUID() }
    : undefined;
  const logins = users === undefined && isOpen ? undefined : {
    ...users,
    ...login && { [login.username]: login.password },
    [observer.username]: observer.password,
  };
  const { url, port, close } = await startBroker({ port: 0, users: logins });
  return {
    broker: { url, port, hostname: "127.0.0.1", close },
    observer,
    login,
  };
}

/** Takes a broker that others have, and lets them keep it. */
function borrow(address: string): Behind {
  const { hostname, port, url, username = "", password = "" } = brokerAddress(
    address,
  );
  const login = { username, password };
  const close = () => Promise.resolve();
  return { broker: { url, hostname, port, close }, observer: login, login };
}

/** Whether a packet logs in as only the program under check can. */
function hasLogin(
  packet: Packet,
  { username, password }: Login,
): boolean {
  return packet.cmd === "connect" && packet.username === username &&
    packet.password?.toString() === password;
}

/** Subscribes to everything before the program under check is started. */
async function observe(
  url: string,
  credentials: Login,
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
