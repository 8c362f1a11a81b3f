/**
 * Brokers that can be stopped and started again on the same port.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { type Process, startProcess } from "../processes.ts";
import { LARGEST_PACKET, programFlags } from "./settings.ts";
import type { Buffer } from "node:buffer";
import { once } from "node:events";
import {
  type AddressInfo,
  createConnection,
  createServer,
  type Socket,
} from "node:net";
import mqttPacket from "mqtt-packet";

/** A broker that can be stopped and started again. */
export interface RestartableBroker extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  /** Whether a restart leaves the sessions and what waits in them. */
  readonly keepsSessions: boolean;
  /** Ends the broker, and starts it again; `forget` loses all it knew. */
  restart(options: { forget: boolean }): Promise<void>;
}

/** Starts mosquitto, which writes its sessions to a file when it is stopped. */
export async function startMosquittoBroker(): Promise<RestartableBroker> {
  let folder = "";
  const mosquitto = await startMosquitto({
    config: ({ directory }) => {
      folder = directory;
      return [
        "persistence true",
        `persistence_location ${directory}/`,
        // What waits for a consumer that is away must not be dropped.
        "max_queued_messages 0",
        `max_packet_size ${LARGEST_PACKET}`,
      ].join("\n");
    },
  });
  return {
    name: "mosquitto",
    port: mosquitto.port,
    keepsSessions: true,
    async restart({ forget }) {
      await mosquitto.stop();
      if (forget) await Deno.remove(`${folder}/mosquitto.db`);
      await mosquitto.start();
    },
    [Symbol.asyncDispose]: () => mosquitto[Symbol.asyncDispose](),
  };
}

/** Starts the embedded broker in a process of its own, which is killed. */
export async function startEmbeddedBroker(): Promise<RestartableBroker> {
  let broker = await startChild(0);
  const port = Number(/mqtt:\/\/[\d.]+:(\d+)/.exec(broker.logged())?.[1]);
  return {
    name: "the embedded broker",
    port,
    keepsSessions: false,
    async restart() {
      broker.kill("SIGKILL");
      await broker.end();
      broker = await startChild(port);
    },
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

async function startChild(port: number): Promise<Process> {
  const program = new URL("../../workbook/commands/broker.ts", import.meta.url);
  const broker = startProcess(Deno.execPath(), [
    "run",
    ...programFlags(),
    "--allow-env",
    "--allow-net",
    fileURLToPath(program),
    "--port",
    `${port}`,
    "--max-packet-size",
    `${LARGEST_PACKET}`,
  ]);
  await broker.untilLogged("Ctrl-C ends");
  return broker;
}

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
