import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { X509Certificate } from "node:crypto";
import { connect, startBroker } from "../../lib/mod.ts";
import { within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { PAHO } from "../../testing/clients/paho.ts";
import { peerTest } from "../../testing/peers.ts";
import { startProcess } from "../../testing/processes.ts";
import {
  runCommand,
  startBrokerCommand,
} from "../../testing/project/commands.ts";
import { test } from "../../testing/test_programs.ts";
import { callProgram, UsageError } from "../options/program.ts";
import { program } from "./broker_certificate.ts";

const DAY = 24 * 60 * 60 * 1000;

/** A folder for certificates, and the command that fills it. */
async function openFolder() {
  const parent = await Deno.makeTempDir({ prefix: "classroom_" });
  const folder = `${parent}/certificates`;
  const read = (name: string) => Deno.readTextFile(`${folder}/${name}`);
  return {
    folder,
    read,
    ca: `${folder}/ca.crt`,
    make: (...args: string[]) =>
      runCommand("broker:certificate", args, {}, parent),
    pair: async () => ({
      cert: await read("broker.crt"),
      key: await read("broker.key"),
    }),
    [Symbol.asyncDispose]: () => Deno.remove(parent, { recursive: true }),
  };
}

Deno.test("broker:certificate makes an authority and a certificate for this computer, and prints what to do with them", async () => {
  await using made = await openFolder();
  const { code, stdout, stderr } = await made.make(
    ...["--host", "Broker.Local", "--host", "192.168.7.7", "--days", "10"],
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const certificate = new X509Certificate(await made.read("broker.crt"));
  for (const name of ["localhost", "broker.local"]) {
    assertEquals(certificate.checkHost(name), name);
  }
  for (const address of ["127.0.0.1", "192.168.7.7"]) {
    assertEquals(certificate.checkIP(address), address);
  }
  const days = (Date.parse(certificate.validTo) - Date.now()) / DAY;
  assert(days > 9.9 && days <= 10, `${days} days`);
  for (
    const line of [
      "  deno task broker --host 0.0.0.0 --cert certificates/broker.crt --key certificates/broker.key",
      '  deno task sub -h broker.local --cafile certificates/ca.crt -t "#" -v',
      '  mosquitto_sub -h broker.local -p 8883 --cafile certificates/ca.crt -t "#" -v',
      '  paho: client.tls_set("certificates/ca.crt"); client.connect("broker.local", 8883)',
    ]
  ) assert(stdout.split("\n").includes(line), `${line} in\n${stdout}`);
  if (Deno.build.os === "windows") return;
  for (const name of ["ca.key", "broker.key"]) {
    const { mode } = await Deno.stat(`${made.folder}/${name}`);
    assertEquals(mode! & 0o777, 0o600, name);
  }
});

Deno.test("broker:certificate replaces nothing without --force, and never the authority", async () => {
  await using made = await openFolder();
  await made.make();
  const names = ["ca.crt", "ca.key", "broker.crt", "broker.key"];
  const first = await Promise.all(names.map(made.read));
  const { code, stderr } = await made.make();
  assertEquals(code, 2);
  assertMatch(stderr, /^File "certificates.broker\.crt" exists: --force .*\n$/);
  assertEquals(await Promise.all(names.map(made.read)), first);
  if (Deno.build.os !== "windows") {
    // What was readable for all must not stay so.
    await Deno.chmod(`${made.folder}/broker.key`, 0o644);
  }
  assertEquals((await made.make("--force")).code, 0);
  const second = await Promise.all(names.map(made.read));
  assertEquals(second.slice(0, 2), first.slice(0, 2));
  assert(second[2] !== first[2] && second[3] !== first[3]);
  const [ca, , renewed] = second.map((text, index) =>
    index % 2 === 0 ? new X509Certificate(text) : undefined
  );
  assert(renewed!.verify(ca!.publicKey));
  if (Deno.build.os === "windows") return;
  const { mode } = await Deno.stat(`${made.folder}/broker.key`);
  assertEquals(mode! & 0o777, 0o600);
});

Deno.test("broker:certificate says what it can't do", async () => {
  await using made = await openFolder();
  await made.make();
  const refusal = async (...args: string[]) => {
    const all = ["--dir", made.folder, "--force", ...args];
    const { message } = await assertRejects(
      () => callProgram(program, all),
      UsageError,
    );
    return message.replaceAll("\\", "/");
  };
  const [ca, key] = [made.ca, `${made.folder}/ca.key`]
    .map((path) => path.replaceAll("\\", "/"));
  assertEquals(
    await refusal("--host", "bank.example"),
    `Authority "${ca}" may not sign for "bank.example": move ${ca} and ${key} away, then this command makes a new authority for all clients`,
  );
  assertStringIncludes(
    await refusal("--host", "8.8.8.8"),
    'may not sign for "8.8.8.8"',
  );
  await Deno.remove(key!);
  assertStringIncludes(await refusal(), `File "${key}" can't be read: `);
});

test.unix("broker:certificate makes what broker, pub and sub take", async () => {
  await using made = await openFolder();
  await made.make("--dir", made.folder);
  await using broker = await startBrokerCommand([
    ...["--tls-port", "0", "--secure-websocket-port", "0"],
    ...["--cert", `${made.folder}/broker.crt`],
    ...["--key", `${made.folder}/broker.key`],
  ]);
  const { urls } = broker;
  assertEquals(urls.map((url) => url.split(":")[0]), ["mqtts", "wss"]);
  for (const url of urls) {
    const address = ["-h", url, "--cafile", made.ca, "-t", "greeting"];
    const message = ["-m", "hello", "-q", "1", "-r"];
    const sent = await runCommand("pub", [...address, ...message]);
    assertEquals(sent, { code: 0, stdout: "", stderr: "" });
    const received = await runCommand("sub", [...address, "-C", "1"]);
    assertEquals(received, { code: 0, stdout: "hello\n", stderr: "" });
  }
  assertEquals((await broker.stop("SIGINT")).code, 0);
});

const PAHO_PUBLISHER = `${PAHO}
client = new_client()
client.tls_set(sys.argv[2])
client.connect("localhost", int(sys.argv[1]))
client.loop_start()
client.publish("greeting", "from paho", 1).wait_for_publish(5)
client.disconnect()
client.loop_stop()
`;

const PEERS = ["mosquitto_pub", "mosquitto_sub", "paho"] as const;

/** Runs all clients, each to the right broker and with the right authority. */
async function takesAllClients(
  commands: Record<typeof PEERS[number], string>,
  { ca, port, url, websocketUrl }: {
    ca: string;
    port: number;
    url: string;
    websocketUrl: string;
  },
): Promise<void> {
  const tls = { ca: await Deno.readTextFile(ca) };
  const address = ["-h", "localhost", "-p", `${port}`, "--cafile", ca];
  await using client = await connect(websocketUrl, { tls, retry: false });
  await client.publishAsync("ready", "go", { retain: true, qos: 1 });
  await using subscriber = startProcess(commands.mosquitto_sub, [
    ...address,
    ...["-t", "ready", "-t", "greeting", "-C", "4", "-W", "20"],
  ]);
  await subscriber.untilPrinted("go");
  const run = async (command: string, args: string[]) => {
    await using process = startProcess(command, args);
    const { code, stderr } = await process.end();
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  };
  const message = ["-t", "greeting", "-m", "from mosquitto_pub", "-q", "1"];
  await run(commands.mosquitto_pub, [...address, ...message]);
  await run(commands.paho, ["-c", PAHO_PUBLISHER, `${port}`, ca]);
  await using other = await connect(url, { tls, retry: false });
  const sent = other.publishAsync("greeting", "from lib", { qos: 1 });
  await within("PUBACK", sent);
  const { stdout } = await subscriber.end();
  assertEquals(stdout, "go\nfrom mosquitto_pub\nfrom paho\nfrom lib\n");
}

peerTest(
  PEERS,
  "broker:certificate makes what all clients take from the embedded broker",
  async (commands) => {
    await using made = await openFolder();
    await made.make();
    await using broker = await startBroker({
      port: 0,
      tls: { ...await made.pair(), port: 0, websocketPort: 0 },
    });
    const url = broker.tlsUrl!;
    await takesAllClients(commands, {
      ca: made.ca,
      port: Number(new URL(url).port),
      url,
      websocketUrl: broker.secureWebsocketUrl!,
    });
  },
);

peerTest(
  ["mosquitto", ...PEERS],
  "broker:certificate makes what all clients take from mosquitto",
  async (commands) => {
    await using made = await openFolder();
    await made.make();
    await using mosquitto = await startMosquitto({
      websocket: true,
      tls: await made.pair(),
    });
    await takesAllClients(commands, {
      ca: made.ca,
      port: mosquitto.port,
      url: mosquitto.url,
      websocketUrl: mosquitto.websocketUrl!,
    });
  },
);

peerTest(
  PEERS,
  "clients refuse a broker whose authority they weren't given",
  async ({ mosquitto_pub, paho }) => {
    await using made = await openFolder();
    await using other = await openFolder();
    await Promise.all([made.make(), other.make()]);
    await using broker = await startBroker({
      port: 0,
      tls: { ...await made.pair(), port: 0 },
    });
    const { port } = new URL(broker.tlsUrl!);
    for (
      const [command, args] of [
        [mosquitto_pub, [
          ...["-h", "localhost", "-p", port, "--cafile", other.ca],
          ...["-t", "greeting", "-m", "hello"],
        ]],
        [paho, ["-c", PAHO_PUBLISHER, port, other.ca]],
      ] as const
    ) {
      await using process = startProcess(command, [...args]);
      const { code, stderr } = await process.end();
      assert(code !== 0);
      assertMatch(stderr, /certificate verify failed|A TLS error occurred/);
    }
  },
);
