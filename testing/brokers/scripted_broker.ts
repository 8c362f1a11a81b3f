/**
 * A broker whose answers a test writes, to withhold or repeat single packets.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import mqttPacket, { type Packet } from "mqtt-packet";

/** One client's connection to a {@linkcode ScriptedBroker}. */
export interface ScriptedConnection {
  /** The socket, to cut, pause or look at. */
  socket: Socket;
  /** Sends a packet to the client. */
  send(packet: Packet): void;
}

/**
 * Answers a packet, or returns `undefined` to have it answered as usual, in the
 * client's version of the protocol: CONNACK with code 0, SUBACK with what was asked for, PUBACK, PUBREC, PUBCOMP, PINGRESP.
 */
export type Script = (
  packet: Packet,
  connection: ScriptedConnection,
) => "answered" | undefined;

/** A broker that a test scripts. */
export interface ScriptedBroker extends AsyncDisposable {
  url: string;
  /** Every packet that came, in order, of all connections. */
  packets: Packet[];
  /** The connections, the newest last. */
  connections: ScriptedConnection[];
  /** Waits until this many packets of a kind have come. */
  received(command: Packet["cmd"], count?: number): Promise<void>;
}

/**
 * Starts a broker that answers as the script says.
 *
 * @param script Answers packets in place of the usual answer.
 * @returns The broker, listening on a free port of loopback.
 */
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
      const outcome = script(packet, connection);
      if (outcome !== "answered") answer(packet, connection);
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

  return {
    url: `mqtt://127.0.0.1:${port}`,
    packets,
    connections,
    async received(command, count = 1) {
      while (packets.filter(({ cmd }) => cmd === command).length < count) {
        await changed.promise;
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of connections) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(packet: Packet, { send }: ScriptedConnection): void {
  const { messageId } = packet as { messageId?: number };
  const id = { messageId: messageId ?? 0 };
  switch (packet.cmd) {
    case "connect":
      return send({
        cmd: "connack",
        returnCode: 0,
        reasonCode: 0,
        sessionPresent: false,
      });
    case "subscribe":
      return send({
        cmd: "suback",
        granted: packet.subscriptions.map(({ qos }) => qos),
        ...id,
      });
    case "publish":
      if (packet.qos === 1) send({ cmd: "puback", ...id });
      if (packet.qos === 2) send({ cmd: "pubrec", ...id });
      return;
    case "pubrec":
      return send({ cmd: "pubrel", ...id });
    case "pubrel":
      return send({ cmd: "pubcomp", ...id });
    case "pingreq":
      return send({ cmd: "pingresp" });
  }
}
