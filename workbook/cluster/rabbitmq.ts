import { join } from "node:path";
import { type EngineSetup, NODE_NUMBERS, type Place } from "./nodes.ts";
import { freePorts, LOOPBACK } from "./loopback.ts";

/**
 * Writes the configuration of three RabbitMQ nodes that keep the same messages.
 * They find each other through an Erlang port mapper of their own, which ends with
 * them.
 */
export async function setUpRabbitMq(place: Place): Promise<EngineSetup> {
  const { folder, programs } = place;
  const [command = "", portMapper = ""] = programs;
  const [mapperPort = 0, ...memberPorts] = freePorts(1 + NODE_NUMBERS.length);
  const mapper = {
    ERL_EPMD_ADDRESS: LOOPBACK,
    ERL_EPMD_PORT: `${mapperPort}`,
  };
  const write = (name: string, text: string) =>
    Deno.writeTextFile(join(folder, name), text, { mode: 0o600 });
  await write(".erlang.cookie", crypto.randomUUID());
  await Deno.chmod(join(folder, ".erlang.cookie"), 0o400);
  await write("enabled_plugins", "[rabbitmq_mqtt].\n");
  await write("advanced.config", "[].\n");
  const nodes = NODE_NUMBERS.map(async (number, index) => {
    const name = `node${number}`;
    await Deno.mkdir(join(folder, name));
    await write(`${name}.conf`, configuration(number, place));
    return {
      command,
      args: [],
      variables: {
        ...mapper,
        // Where the cookie is.
        HOME: folder,
        RABBITMQ_NODENAME: nodeName(number),
        RABBITMQ_DIST_PORT: `${memberPorts[index]}`,
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
          "-kernel inet_dist_use_interface {127,0,0,1}",
        RABBITMQ_CONFIG_FILE: join(folder, `${name}.conf`),
        RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, "advanced.config"),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
        RABBITMQ_MNESIA_BASE: join(folder, name),
        RABBITMQ_LOG_BASE: join(folder, name),
        RABBITMQ_LOGS: "-",
        // There is none: this computer's is for another RabbitMQ.
        RABBITMQ_CONF_ENV_FILE: join(folder, "rabbitmq-env.conf"),
        // Makes the script become the node, so that it can be killed.
        RUNNING_UNDER_SYSTEMD: "true",
      },
    };
  });
  return {
    helper: {
      command: portMapper,
      args: ["-port", `${mapperPort}`],
      variables: mapper,
    },
    nodes: await Promise.all(nodes),
    // Two that join at once may wait for each other for ever.
    startsInTurn: true,
  };
}

function nodeName(number: number): string {
  return `node${number}@localhost`;
}

function configuration(
  number: number,
  { ports, username, password }: Place,
): string {
  return [
    "listeners.tcp = none",
    `mqtt.listeners.tcp.1 = ${LOOPBACK}:${ports[number - 1]}`,
    "mqtt.allow_anonymous = false",
    "mqtt.durable_queue_type = quorum",
    `default_user = ${username}`,
    `default_pass = ${password}`,
    "cluster_formation.peer_discovery_backend = classic_config",
    // The first one has nobody to join; once they have joined, all know all.
    ...number === 1
      ? []
      : [`cluster_formation.classic_config.nodes.1 = ${nodeName(1)}`],
    "log.console.level = warning",
    "",
  ].join("\n");
}
