/**
 * A broker whose answers a test writes, to withhold or repeat single packets.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import mqttPacket, { type Packet } from "mqtt-packet";
import { within } from "../deadline.ts";

/** One client's connection to a {@linkcode ScriptedBroker}. */
export interface ScriptedConnection {
  /** The socket, to cut, pause or look at. */
  socket: Socket;
  send(packet: Packet): void;
}

/**
 * Answers a packet: with the packet that it returns, which needn't say the id;
 * with none, if it returns `"answered"`; and otherwise as usual, in the client's
 * version of the protocol: CONNACK with code 0, SUBACK with what was asked for,
 * PUBACK, PUBREC, PUBCOMP, PINGRESP.
 */
export type Script = (
  packet: Packet,
  connection: ScriptedConnection,
) => "answered" | Packet | undefined;

/** The packets of a kind. */
type Of<Command extends Packet["cmd"]> = Extract<Packet, { cmd: Command }>[];

export interface ScriptedBroker extends AsyncDisposable {
  url: string;
  /** Every packet that came, in order, of all connections. */
  packets: Packet[];
  /** The connections, the newest last. */
  connections: ScriptedConnection[];
  /** Waits until this many packets of a kind have come; there is a deadline. */
  received(command: Packet["cmd"], count?: number): Promise<void>;
  /** The packets of a kind that have come. */
  all<Command extends Packet["cmd"]>(command: Command): Of<Command>;
}

/** Starts a broker that answers as the script says. */
export async function startScriptedBroker(
  script: Script = () => undefined,
): Promise<ScriptedBroker> {
  const packets: Packet[] = [];
  const connections: ScriptedConnection[] = [];
  let changed = Promise.withResolvers<void>();

  const server = createServer((socket) => {
    const parser = mqttPacket.parser();
    let protocolVersion: number | undefined;
    const connection: ScriptedConnection = {
      socket,
      send: (packet) => {
        if (socket.destroyed) return;
        mqttPacket.writeToStream(packet, socket, { protocolVersion });
      },
    };
    connections.push(connection);
    parser.on("packet", (packet) => {
      if (packet.cmd === "connect") ({ protocolVersion } = packet);
      packets.push(packet);
      const outcome = script(packet, connection) ?? usualAnswer(packet);
      if (outcome !== "answered") connection.send(withId(outcome, packet));
      changed.resolve();
      changed = Promise.withResolvers<void>();
    });
    // Such as a client that tries whether TLS is spoken here.
    parser.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => parser.parse(chunk));
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const broker: ScriptedBroker = {
    url: `mqtt://127.0.0.1:${port}`,
    packets,
    connections,
    async received(command, count = 1) {
      while (broker.all(command).length < count) {
        await within(`${command} number ${count}`, changed.promise);
      }
    },
    all: (command) =>
      packets.filter(({ cmd }) => cmd === command) as Of<typeof command>,
    async [Symbol.asyncDispose]() {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return broker;
}

/** An answer with the id of what it answers, if that has one and it none. */
function withId(answer: Packet, { messageId }: Packet): Packet {
  return messageId === undefined ? answer : { messageId, ...answer };
}

function usualAnswer(packet: Packet): Packet | "answered" {
  switch (packet.cmd) {
    case "connect":
      return {
        ...{ cmd: "connack", returnCode: 0, reasonCode: 0 },
        sessionPresent: false,
      };
    case "subscribe": {
      const granted = packet.subscriptions.map(({ qos }) => qos);
      return { cmd: "suback", granted };
    }
    case "publish":
      if (packet.qos === 0) return "answered";
      return { cmd: packet.qos === 1 ? "puback" : "pubrec" };
    case "pubrec":
      return { cmd: "pubrel" };
    case "pubrel":
      return { cmd: "pubcomp" };
    case "pingreq":
      return { cmd: "pingresp" };
    default:
      return "answered";
  }
}
