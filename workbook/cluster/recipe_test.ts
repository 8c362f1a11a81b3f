/**
 * That the configuration in the folder `cluster/`, written for three machines, is what
 * the engines take: with other ports and places, on this computer.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { connect, publishOnce, subscribe } from "../../lib/mod.ts";
import { within } from "../../testing/deadline.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import { temporaryFolder } from "../../testing/temporary_folder.ts";
import {
  makeAuthority,
  signCertificate,
} from "../certificates/certificates.ts";
import { freePorts } from "./free_ports.ts";

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
