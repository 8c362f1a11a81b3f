/**
 * A broker that grants less than it is asked for.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { once } from "node:events";
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Socket,
} from "node:net";
import mqttPacket from "mqtt-packet";

/** A relay before a broker. */
interface QosLoweringRelay extends AsyncDisposable {
  /** Where clients connect to. */
  url: string;
}

/**
 * Stands before a broker, and asks it for QoS 1 where a client asks for 2: what the
 * broker grants is then lower than what the client wanted.
 *
 * @param port The broker's port, or a proxy's before it.
 * @param onLowered Called for each filter.
 */
export async function startQosLoweringRelay(
  port: number,
  onLowered: () => void,
): Promise<QosLoweringRelay> {
  const clients = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const broker = createConnection({ host: "127.0.0.1", port, noDelay: true });
    clients.add(client);
    for (
      const [socket, other] of [[client, broker], [broker, client]] as const
    ) {
      socket.on("error", () => socket.destroy());
      socket.on("close", () => other.destroy());
    }
    client.on("close", () => clients.delete(client));
    broker.pipe(client);
    passLowered(client, broker, onLowered);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function passLowered(
  client: Socket,
  broker: Socket,
  onLowered: () => void,
): void {
  const parser = mqttPacket.parser();
  let protocolVersion: number | undefined;
  parser.on("packet", (packet) => {
    if (packet.cmd === "connect") ({ protocolVersion } = packet);
    if (packet.cmd === "subscribe") {
      for (const subscription of packet.subscriptions) {
        if (subscription.qos < 2) continue;
        subscription.qos = 1;
        onLowered();
      }
    }
    if (!broker.destroyed) {
      mqttPacket.writeToStream(packet, broker, { protocolVersion });
    }
  });
  parser.on("error", () => client.destroy());
  client.on("data", (chunk: Buffer) => parser.parse(chunk));
}
