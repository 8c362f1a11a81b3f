import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Socket } from "node:net";
import { startBroker } from "../../broker.ts";
import { CA, LOCALHOST } from "../../../testing/certificates/certificates.ts";
import { openClient } from "../../../testing/clients/clients.ts";
import { within } from "../../../testing/deadline.ts";
import { openRaw } from "../../../testing/clients/raw_client.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";
import { createPrivateKey } from "node:crypto";
import { assertKeyPair } from "./key_pair.ts";

Deno.test("startBroker() doesn't hold back a packet until the last one is confirmed", async () => {
  await using broker = await openBroker({ tls: { ...LOCALHOST, port: 0 } });
  for (const url of [broker.url, broker.tlsUrl!]) {
    await using client = await openClient(url, { ca: CA });
    // The client mustn't do it, either.
    (client.client.stream as unknown as Socket).setNoDelay(true);
    await client.subscribe("echo", 1);
    const times: number[] = [];
    for (let turn = 1; turn <= 25; turn++) {
      const start = performance.now();
      await client.publish("echo", "hello", { qos: 1 });
      await client.untilReceived(turn);
      times.push(performance.now() - start);
    }
    // Where it is held back, each turn takes 40 ms; on a busy machine, some do.
    const median = times.sort((a, b) => a - b)[12]!;
    assert(median < 25, `${median} ms`);
  }
});

/** What a broker with TLS logs of a client whose handshake fails. */
async function logOf(
  fail: (url: string) => Promise<void>,
  door: "tlsUrl" | "secureWebsocketUrl",
): Promise<string[]> {
  const lines: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const broker = await startBroker({
    tls: { ...LOCALHOST, port: 0, websocketPort: 0 },
    log: (line) => {
      lines.push(line);
      resolve();
    },
  });
  // Another one, which must not be told of: the broker ends it.
  await using _idle = await openRaw(broker);
  try {
    await fail(broker[door]!);
    await within("a line in the log", promise);
    // Once a minute will do, and who speaks TLS is served.
    await fail(broker[door]!);
    await using _client = await openClient(broker[door]!, { ca: CA });
  } finally {
    await broker.close();
  }
  return lines.filter((line) => !line.startsWith("Client "));
}

Deno.test("startBroker() logs failed TLS handshakes, each address once a minute", async () => {
  const speakHttp = async (url: string) => {
    await using client = await openRaw({ port: Number(new URL(url).port) });
    await client.send(new TextEncoder().encode("GET / HTTP/1.0\r\n\r\n"));
    while (await client.next() !== undefined);
  };
  const hangUp = async (url: string) => {
    const { port } = new URL(url);
    (await Deno.connect({ port: Number(port), hostname: "127.0.0.1" })).close();
  };
  const trustNobody = async (url: string) => {
    await assertRejects(() => openClient(url));
  };
  for (const door of ["tlsUrl", "secureWebsocketUrl"] as const) {
    const cases = [
      [speakHttp, "the client doesn't speak TLS"],
      [hangUp, "the client has closed the connection"],
      [
        trustNobody,
        "the client doesn't know the authority that signed the certificate",
      ],
    ] as const;
    for (const [fail, reason] of cases) {
      assertEquals(await logOf(fail, door), [
        `TLS handshake with 127.0.0.1 failed: ${reason}`,
      ]);
    }
  }
});

const { cert, key } = LOCALHOST;

Deno.test("assertKeyPair() takes a key of either form, and a chain", () => {
  assertKeyPair(LOCALHOST);
  const sec1 = createPrivateKey(key).export({ type: "sec1", format: "pem" });
  assertKeyPair({ cert: cert + CA, key: String(sec1) });
  const crlf = (text: string) => text.replaceAll("\n", "\r\n");
  assertKeyPair({ cert: crlf(cert), key: crlf(key) });
});

Deno.test("assertKeyPair() says what is wrong with which", () => {
  const names = { cert: 'Certificate "a.crt"', key: 'Key "a.key"' };
  const encrypted = createPrivateKey(key).export({
    type: "pkcs8",
    format: "pem",
    cipher: "aes-256-cbc",
    passphrase: "secret",
  });
  const old = key.replace(
    "KEY-----\n",
    "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
  );
  const wrong: [cert: string, key: string, message: string][] = [
    ["", key, 'Certificate "a.crt" can\'t be read: it must be PEM text'],
    [key, key, 'Certificate "a.crt" can\'t be read: it must be PEM text'],
    [cert, "", 'Key "a.key" can\'t be read: it must be PEM text'],
    [cert, cert, 'Key "a.key" can\'t be read: it must be PEM text'],
    [cert, String(encrypted), 'Key "a.key" is encrypted: it must be one'],
    [cert, old, 'Key "a.key" is encrypted: it must be one'],
    [CA, key, 'Key "a.key" is of another certificate'],
  ];
  for (const [cert, key, message] of wrong) {
    assertThrows(() => assertKeyPair({ cert, key }, names), TypeError, message);
  }
});
