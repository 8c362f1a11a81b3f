import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { fileURLToPath } from "node:url";
import { startBroker } from "./broker.ts";
import type { KeyPair } from "./broker/listen/key_pair.ts";
import {
  makeAuthority,
  signCertificate,
} from "../workbook/certificates/certificates.ts";
import { connect } from "./connect.ts";
import { BrokerUnreachableError } from "./errors.ts";
import { rejection, within } from "../testing/deadline.ts";
import { startMosquitto } from "../testing/brokers/mosquitto.ts";
import { startProcess } from "../testing/processes.ts";
import { logged } from "../testing/test.ts";
import { test } from "../testing/peer_tests.ts";

const DAY = 24 * 60 * 60 * 1000;
const CONFIG = fileURLToPath(import.meta.resolve("../deno.json"));
const HOSTS = ["localhost", "127.0.0.1"];

function days(from: number, until: number) {
  const [notBefore, notAfter] = [from, until].map((day) =>
    new Date(Date.now() + day * DAY)
  ) as [Date, Date];
  return { notBefore, notAfter };
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

const authority = await makeAuthority({ names: [], ...days(-30, 30) });
const stranger = await makeAuthority({ names: [], ...days(-30, 30) });
const now = { names: HOSTS, ...days(-1, 1) };
const early = days(-9, -2);
const late = days(2, 9);

/** What is wrong, the broker's certificate, and what the client says of it. */
const faults: [name: string, pair: KeyPair, code: string, sentence: string][] =
  [
    [
      "a wrong authority",
      await signCertificate(stranger, now),
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "its certificate is not signed by an authority that is trusted here",
    ],
    [
      "an expired certificate",
      await signCertificate(authority, { names: HOSTS, ...early }),
      "CERT_HAS_EXPIRED",
      `its certificate has expired: it was valid until ${
        day(early.notAfter)
      } (or this computer's clock is wrong)`,
    ],
    [
      "a certificate that isn't valid yet",
      await signCertificate(authority, { names: HOSTS, ...late }),
      "CERT_NOT_YET_VALID",
      `its certificate is not valid yet: it will be from ${
        day(late.notBefore)
      } (or this computer's clock is wrong)`,
    ],
    [
      "a wrong host name",
      await signCertificate(authority, { ...now, names: ["broker.local"] }),
      "ERR_TLS_CERT_ALTNAME_INVALID",
      'its certificate is for another host name: not for "127.0.0.1", but for "broker.local"',
    ],
  ];

/** Starts a broker that listens with TLS, or without, and gives its two URLs. */
type Start = (
  tls?: KeyPair,
) => Promise<AsyncDisposable & { mqtt: string; ws: string }>;

async function startEmbedded(tls?: KeyPair) {
  const broker = await startBroker({
    port: 0,
    websocketPort: 0,
    ...tls && { tls: { ...tls, port: 0, websocketPort: 0 } },
  });
  return {
    mqtt: broker.tlsUrl ?? broker.url,
    ws: broker.secureWebsocketUrl ?? broker.websocketUrl!,
    [Symbol.asyncDispose]: broker.close,
  };
}

async function startReal(tls?: KeyPair) {
  const broker = await startMosquitto({ websocket: true, ...tls && { tls } });
  return {
    mqtt: broker.url,
    ws: broker.websocketUrl!,
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

/** Connects in vain, and gives the sentence after the address, and the code. */
async function refusal(url: string, ca = authority.cert) {
  const isSecure = /^(mqtts|wss):/.test(url);
  const error = await rejection(
    connect(url, { retry: false, ...isSecure && { tls: { ca } } }),
    BrokerUnreachableError,
  );
  const { host } = new URL(url);
  const opening = `Broker at ${host} can't be reached: `;
  assert(error.message.startsWith(opening), error.message);
  assertInstanceOf(error.cause, Error);
  const { code } = error.cause as { code?: unknown };
  return { sentence: error.message.slice(opening.length), code };
}

async function namesFaults(start: Start): Promise<void> {
  for (const [name, pair, code, sentence] of faults) {
    await using broker = await start(pair);
    for (const url of [broker.mqtt, broker.ws]) {
      assertEquals(await refusal(url), { sentence, code }, `${name}, ${url}`);
    }
  }
}

async function takesRightOne(start: Start): Promise<void> {
  await using broker = await start(await signCertificate(authority, now));
  for (const url of [broker.mqtt, broker.ws]) {
    await using client = await connect(url, { tls: { ca: authority.cert } });
    await within("PUBACK", client.publishAsync("x", "1", { qos: 1 }));
  }
}

async function tellsPortsApart(start: Start): Promise<void> {
  await using secure = await start(await signCertificate(authority, now));
  for (const url of [secure.mqtt, secure.ws]) {
    const plain = url.replace("s:", ":");
    const scheme = plain.split(":")[0];
    assertEquals(await refusal(plain), {
      sentence:
        `this port speaks TLS: ${scheme}s:// is for it, not ${scheme}://`,
      code: "EPROTO",
    });
  }
  await using plain = await start();
  const ws = await refusal(plain.ws.replace("ws:", "wss:"));
  assertEquals(
    ws.sentence,
    "this port speaks no TLS: ws:// is for it, not wss://",
  );
  const mqtt = await refusal(plain.mqtt.replace("mqtt:", "mqtts:"));
  assertEquals(
    mqtt.sentence,
    "it ended the TLS handshake: maybe this port is for mqtt://, not mqtts://",
  );
}

Deno.test("connect() names each fault of the embedded broker's certificate", () =>
  namesFaults(startEmbedded));

Deno.test("connect() takes the embedded broker's right certificate", () =>
  takesRightOne(startEmbedded));

Deno.test("connect() tells the embedded broker's ports with and without TLS apart", () =>
  tellsPortsApart(startEmbedded));

test.mosquitto("connect() names each fault of mosquitto's certificate", () =>
  namesFaults(startReal));

test.mosquitto("connect() takes mosquitto's right certificate", () =>
  takesRightOne(startReal));

test.mosquitto("connect() tells mosquitto's ports with and without TLS apart", () =>
  tellsPortsApart(startReal));

Deno.test("connect() doesn't trust Deno's own authorities in place of one that isn't there", async () => {
  for (const ca of ["", [], "rubbish", [authority.cert, ""]]) {
    await rejection(
      connect("mqtts://localhost", { tls: { ca } }),
      TypeError,
      "TLS authority (ca) holds no certificate",
    );
  }
});

Deno.test("connect() takes the authority from a bundle, a list, and lines that end with CRLF", async () => {
  await using broker = await startEmbedded(
    await signCertificate(authority, now),
  );
  const bundles = [
    `The stranger:\n${stranger.cert}\nOurs:\n${authority.cert}`,
    [stranger.cert, authority.cert],
    authority.cert.replaceAll("\n", "\r\n"),
  ];
  for (const ca of bundles) {
    for (const url of [broker.mqtt, broker.ws]) {
      await using client = await connect(url, { tls: { ca }, retry: false });
      assert(client.connected);
    }
  }
});

Deno.test("connect() takes a certificate for servername over mqtts", async () => {
  const names = ["broker.local"];
  await using broker = await startEmbedded(
    await signCertificate(authority, { ...now, names }),
  );
  const options = { ca: authority.cert, servername: "broker.local" };
  await using client = await connect(broker.mqtt, { tls: options });
  assert(client.connected);
});

Deno.test("connect() rejects for a servername that no host can have", async () => {
  await using broker = await startEmbedded(
    await signCertificate(authority, now),
  );
  const tls = { ca: authority.cert, servername: "a..b" };
  const connecting = connect(broker.mqtt, { tls, retry: false });
  await rejection(
    connecting,
    BrokerUnreachableError,
    "its certificate is for another host name",
  );
});

Deno.test("connect() names the cause also in the line about its first failure, and after its timeout", async () => {
  const [, pair, , sentence] = faults[1]!;
  await using broker = await startEmbedded(pair);
  const { lines, log } = logged();
  const error = await rejection(
    connect(broker.mqtt, { tls: { ca: authority.cert }, timeout: 0.3, log }),
    BrokerUnreachableError,
    sentence,
  );
  assertEquals(lines, [`${error.message}; trying again`]);
});

/** What turns off the verification elsewhere: a variable, or an option of Node.js. */
const DISARMING: [
  name: string,
  variables: Record<string, string>,
  tls?: object,
][] = [
  ["NODE_TLS_REJECT_UNAUTHORIZED=0", { NODE_TLS_REJECT_UNAUTHORIZED: "0" }],
  ["NODE_OPTIONS", { NODE_OPTIONS: "--use-openssl-ca --tls-min-v1.0" }],
  ["rejectUnauthorized", {}, { rejectUnauthorized: false }],
];

for (const [name, variables, tls] of DISARMING) {
  Deno.test(`connect() verifies certificates in spite of ${name}`, async () => {
    await using broker = await startEmbedded(
      await signCertificate(stranger, now),
    );
    const program = `
      import { connect } from "${new URL("mod.ts", import.meta.url)}";
      for (const url of ${JSON.stringify([broker.mqtt, broker.ws])}) {
        try {
          const tls = ${JSON.stringify(tls)};
          await using client = await connect(url, { retry: false, tls });
          console.log("connected to", client.address.protocol);
        } catch (error) {
          console.log(error.cause?.code ?? error.message);
        }
      }
    `;
    await using process = startProcess(
      Deno.execPath(),
      [
        "run",
        `--config=${CONFIG}`,
        "--no-prompt",
        "--allow-env",
        "--allow-net",
        "--ext=js",
        "-",
      ],
      variables,
    );
    await process.write(program);
    const { stdout } = await process.end();
    const untrusted = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
    assertEquals(stdout.trim().split("\n"), [untrusted, untrusted]);
  });
}
