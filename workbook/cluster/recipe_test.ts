/**
 * That the configuration in the folder `cluster/`, written for three machines, is what
 * the engines take: with other ports and places, on this computer.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  connect,
  ConnectionRefusedError,
  publishOnce,
  subscribe,
} from "../../lib/mod.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import {
  makeAuthority,
  signCertificate,
} from "../certificates/certificates.ts";
import { findPrograms, missingEngine } from "./find_engine.ts";
import { freePorts } from "./loopback.ts";
import { startNode } from "./nodes.ts";

const RECIPES = new URL("../../cluster/", import.meta.url);
const PASSWORD = "blackboard";
/** Of that password, quickly reckoned. */
const HASH = "$2a$04$saltsaltsaltsaltsaltsuTL3Pk0xZI1H3gJEX/LBJkW/7QCR1hGK";
const DAY = 24 * 60 * 60 * 1000;

/** Reads a file of a recipe, with some of its texts replaced, which it must have. */
async function adapt(
  file: string,
  replacements: Readonly<Record<string, string>>,
): Promise<string> {
  let text = await Deno.readTextFile(new URL(file, RECIPES));
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`${file} lacks "${from}"`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** Writes the files that `broker:certificate --cluster` makes; gives the authority. */
async function writeCertificates(folder: string): Promise<string> {
  const names = ["localhost", "127.0.0.1"];
  const validity = {
    notBefore: new Date(Date.now() - DAY),
    notAfter: new Date(Date.now() + DAY),
  };
  const authority = await makeAuthority({ names, ...validity });
  const node = await signCertificate(authority, {
    names,
    isNode: true,
    ...validity,
  });
  await Deno.writeTextFile(`${folder}/ca.crt`, authority.cert);
  await Deno.writeTextFile(`${folder}/broker.crt`, node.cert);
  await Deno.writeTextFile(`${folder}/broker.key`, node.key);
  return authority.cert;
}

peerTest(
  ["nats_server"],
  "cluster/nats makes three NATS servers one, over TLS",
  async ({ nats_server }) => {
    await using folder = await temporaryFolder();
    const place = folder.path.replaceAll("\\", "/");
    const ca = await writeCertificates(place);
    const names = ["one", "two", "three"];
    const ports = freePorts(9);
    const [routes, monitors, listeners] = [0, 3, 6]
      .map((from) => ports.slice(from, from + 3));
    await using nodes = new AsyncDisposableStack();
    for (const [index, name] of names.entries()) {
      const own = `${place}/${name}`;
      await Deno.mkdir(own);
      const configuration = await adapt("nats/nats.conf", {
        "/etc/nats/": `${place}/`,
        "/var/lib/nats": `${own}/store`,
        "127.0.0.1:4222": "127.0.0.1:-1",
        "127.0.0.1:8222": `127.0.0.1:${monitors![index]}`,
        "0.0.0.0:6222": `127.0.0.1:${routes![index]}`,
        "0.0.0.0:8883": `127.0.0.1:${listeners![index]}`,
        ...Object.fromEntries(
          names.map((name, index) => [
            `${name}.lan:6222`,
            `localhost:${routes![index]}`,
          ]),
        ),
      });
      const node = await adapt("nats/node.conf", {
        '"one"': `"${name}"`,
        HASH,
      });
      await Deno.writeTextFile(`${own}/nats.conf`, configuration);
      await Deno.writeTextFile(`${own}/node.conf`, node);
      nodes.use(startProcess(nats_server, ["-c", `${own}/nats.conf`]));
    }
    const [first, , third] = listeners!.map((port) =>
      `mqtts://student:${PASSWORD}@localhost:${port}`
    );
    await passesOn(first!, third!, ca);
  },
);

/** Waits until a broker hands on, over TLS, what is published at another. */
async function passesOn(from: string, to: string, ca: string): Promise<void> {
  const options = { tls: { ca }, timeout: 120, log: () => {} };
  const { promise, resolve } = Promise.withResolvers<string>();
  await using _subscription = await subscribe(
    to,
    ["iot/lamp", 1],
    ({ text }) => resolve(text),
    false,
    options,
  );
  await publishOnce(
    from,
    { topic: "iot/lamp", payload: "on", qos: 1 },
    options,
  );
  assertEquals(await within("the message", promise), "on");
}

const noRabbitMq = missingEngine("rabbitmq");
Deno.test({
  name:
    `cluster/rabbitmq makes a RabbitMQ node that speaks TLS with clients and with others${
      noRabbitMq ? ` (${noRabbitMq})` : ""
    }`,
  ignore: noRabbitMq !== undefined,
  fn: async () => {
    await using folder = await temporaryFolder();
    const place = folder.path;
    const ca = await writeCertificates(place);
    const [server = "", mapper = ""] = findPrograms("rabbitmq");
    const [port, memberPort, mapperPort] = freePorts(3);
    const paths = { "/etc/rabbitmq/": `${place}/` };
    const files = {
      "rabbitmq.conf": {
        ...paths,
        "ssl.default = 8883": `ssl.default = 127.0.0.1:${port}`,
        "rabbit@one.lan": "rabbit@localhost",
        // Where nobody is; it needn't wait for them.
        "rabbit@two.lan": "two@localhost",
        "rabbit@three.lan":
          "three@localhost\ncluster_formation.discovery_retry_limit = 1",
      },
      "rabbitmq-env.conf": {
        ...paths,
        "USE_LONGNAME=true": "USE_LONGNAME=false",
        "DIST_PORT=25672": `DIST_PORT=${memberPort}`,
        'SERVER_ADDITIONAL_ERL_ARGS="':
          'SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} ',
      },
      "inter_node_tls.config": paths,
      "enabled_plugins": {},
    };
    for (const [name, replacements] of Object.entries(files)) {
      const text = await adapt(`rabbitmq/${name}`, replacements);
      await Deno.writeTextFile(`${place}/${name}`, text);
    }
    await Deno.writeTextFile(`${place}/.erlang.cookie`, "secret", {
      mode: 0o400,
    });
    const variables = {
      ERL_EPMD_ADDRESS: "127.0.0.1",
      ERL_EPMD_PORT: `${mapperPort}`,
      HOME: place,
      RABBITMQ_NODENAME: "rabbit@localhost",
      RABBITMQ_CONFIG_FILE: `${place}/rabbitmq.conf`,
      RABBITMQ_CONF_ENV_FILE: `${place}/rabbitmq-env.conf`,
      RABBITMQ_ENABLED_PLUGINS_FILE: `${place}/enabled_plugins`,
      RABBITMQ_MNESIA_BASE: `${place}/mnesia`,
      RABBITMQ_LOG_BASE: place,
      RUNNING_UNDER_SYSTEMD: "true",
    };
    const command = { args: [], variables };
    const epmd = startNode(
      { ...command, command: mapper, args: ["-port", `${mapperPort}`] },
      place,
    );
    await using _ends = { [Symbol.asyncDispose]: () => epmd.kill() };
    const node = startNode({ ...command, command: server }, place);
    await using _ended = { [Symbol.asyncDispose]: () => node.kill() };
    const guest = `mqtts://guest:guest@localhost:${port}`;
    await passesOn(guest, guest, ca);
    const control = server.replace(/rabbitmq-server$/, "rabbitmqctl");
    const forget = ["delete_user", "guest"];
    await using process = startProcess(control, forget, variables);
    const { code, stderr } = await process.end(180_000);
    assertEquals(code, 0, stderr);
    await rejection(connect(guest, { tls: { ca } }), ConnectionRefusedError);
  },
});
