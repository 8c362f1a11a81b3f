import { join } from "node:path";
import { type EngineSetup, NODE_NUMBERS, type Place } from "./nodes.ts";
import { freePorts, LOOPBACK, requestLocally } from "./loopback.ts";

const COPIES = NODE_NUMBERS.length;

/**
 * What NATS tells itself: a client that subscribes to `#` isn't brought it, and none can
 * meddle with it.
 */
const INTERNAL = [
  ...["$JS.>", "$JSC.>", "$MQTT.JSA.>", "$MQTT.sess.>"],
  ...["$MQTT.rmsgs", "$MQTT.rmsgs.>"],
];
const PERMISSIONS = {
  subscribe: { deny: INTERNAL },
  publish: { deny: [...INTERNAL, "$MQTT.msgs.>"] },
};

/** What is read of `/jsz`. */
interface JetStream {
  account_details?: {
    stream_detail?: { name: string; cluster?: { leader?: string } }[];
  }[];
}

/** Writes the configuration of three NATS servers that keep the same messages. */
export async function setUpNats(
  { folder, programs, ports, username, password }: Place,
): Promise<EngineSetup> {
  const [command = ""] = programs;
  const free = freePorts(2 * COPIES);
  const monitorPorts = free.slice(COPIES);
  const routes = free.slice(0, COPIES).map((port) => `${LOOPBACK}:${port}`);
  const member = { user: "member", password: crypto.randomUUID() };
  const nodes = NODE_NUMBERS.map(async (number, index) => {
    const file = join(folder, `node${number}.conf`);
    // JSON is NATS's own format, too.
    const configuration = {
      server_name: `node${number}`,
      // For clients of NATS's own protocol, on any free port.
      listen: `${LOOPBACK}:-1`,
      http: `${LOOPBACK}:${monitorPorts[index]}`,
      authorization: {
        users: [{ user: username, password, permissions: PERMISSIONS }],
      },
      jetstream: { store_dir: join(folder, `node${number}`) },
      cluster: {
        name: "workbook",
        listen: routes[index],
        authorization: member,
        routes: routes.map((route) =>
          `nats://${member.user}:${member.password}@${route}`
        ),
      },
      mqtt: {
        listen: `${LOOPBACK}:${ports[index]}`,
        // Unacknowledged messages are sent again after this time.
        ack_wait: "5s",
        stream_replicas: COPIES,
        consumer_replicas: COPIES,
      },
    };
    await Deno.writeTextFile(file, JSON.stringify(configuration, null, 2), {
      mode: 0o600,
    });
    return { command, args: ["--config", file] };
  });
  return {
    nodes: await Promise.all(nodes),
    async hasJoined(number) {
      const port = monitorPorts[number - 1]!;
      const answer = await requestLocally({
        port,
        // All else may have fault found with it for long, though all is well.
        path: "/healthz?js-server-only=true",
      });
      return answer?.status === 200;
    },
    async findLeader(number) {
      const port = monitorPorts[number - 1]!;
      const answer = await requestLocally({ port, path: "/jsz?streams=true" });
      const jetstream: JetStream = JSON.parse(answer?.text ?? "{}");
      const stream = jetstream.account_details
        ?.flatMap(({ stream_detail }) => stream_detail ?? [])
        .find(({ name }) => name === "$MQTT_msgs");
      return Number(stream?.cluster?.leader?.slice("node".length)) || undefined;
    },
  };
}
