import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type BrokerOptions, BrokerStartError, startBroker } from "./broker.ts";
import { CA, LOCALHOST } from "../testing/certificates/certificates.ts";
import { openClient } from "../testing/clients/clients.ts";
import { rejection, within } from "../testing/deadline.ts";
import { openRaw } from "../testing/clients/raw_client.ts";
import {
  EVERYWHERE,
  openBroker,
  portsOf,
  urlsOf,
} from "../testing/brokers/embedded_broker.ts";

const HOST = "127.0.0.1";

function isFree(port: number, hostname = HOST): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

function hasIpv6(): boolean {
  try {
    return isFree(0, "::1");
  } catch {
    return false;
  }
}

Deno.test("startBroker() carries messages over TCP, WebSocket, TLS and secure WebSocket", async () => {
  await using broker = await startBroker(EVERYWHERE);
  const urls = urlsOf(broker);
  const protocols = urls.map((url) => new URL(url).protocol);
  assertEquals(protocols, ["mqtt:", "ws:", "mqtts:", "wss:"]);
  for (const url of urls) {
    await using subscriber = await openClient(url, { ca: CA });
    await subscriber.subscribe("hall/#");
    for (const from of urls) {
      await using publisher = await openClient(from, { ca: CA });
      await publisher.publish("hall/door", from, { qos: 1 });
    }
    const received = await subscriber.untilReceived(4);
    assertEquals(received.map(({ text }) => text), urls);
  }
});

Deno.test({
  name: "startBroker() listens on loopback alone, unless told otherwise",
  // macOS has no second loopback address to tell the two apart by.
  ignore: Deno.build.os === "darwin",
  fn: async () => {
    await using broker = await startBroker({ port: 0 });
    assertEquals(broker.url, `mqtt://127.0.0.1:${broker.port}`);
    assert(isFree(broker.port, "127.0.0.2"));
    await using open = await startBroker({ host: "0.0.0.0", port: 0 });
    assertEquals(open.url, `mqtt://localhost:${open.port}`);
    assertEquals(isFree(open.port, "127.0.0.2"), false);
  },
});

Deno.test("startBroker() warns of a network where everyone may connect", async () => {
  const warningsOf = async (options: BrokerOptions) => {
    const lines: string[] = [];
    const write = (line: string) => lines.push(line);
    // Where there is no other place for them, they go to the log.
    for (const place of [{ warn: write }, { log: write }]) {
      await using _broker = await startBroker({
        ...EVERYWHERE,
        ...options,
        ...place,
      });
    }
    assertEquals(
      lines.slice(0, lines.length / 2),
      lines.slice(lines.length / 2),
    );
    return lines.slice(lines.length / 2);
  };
  const users = { ann: "secret" };
  assertEquals(await warningsOf({}), []);
  assertEquals(await warningsOf({ host: "localhost" }), []);
  assertEquals(await warningsOf({ host: "127.0.0.1", users }), []);
  assertEquals(await warningsOf({ host: "0.0.0.0", users }), []);
  assertEquals(await warningsOf({ host: "0.0.0.0" }), [
    "Anyone who can reach 0.0.0.0 may connect without a password: a password file lets in only whom you name",
  ]);
  if (!hasIpv6()) return;
  assertEquals(await warningsOf({ host: "::1" }), []);
  assertEquals((await warningsOf({ host: "::" })).length, 1);
});

Deno.test({
  name: "startBroker() listens on IPv6 and says so in its URL",
  ignore: !hasIpv6(),
  fn: async () => {
    await using broker = await startBroker({ host: "::1", port: 0 });
    assertEquals(broker.url, `mqtt://[::1]:${broker.port}`);
    await using client = await openClient(broker.url);
    assert(client.client.connected);
  },
});

Deno.test("startBroker() rejects a port that is in use", async () => {
  await using first = await startBroker({ port: 0 });
  const error = await rejection(
    startBroker({ port: first.port }),
    BrokerStartError,
    `Port ${first.port} on 127.0.0.1 is already in use`,
  );
  assertEquals([error.code, error.host, error.port], [
    "EADDRINUSE",
    HOST,
    first.port,
  ]);
});

Deno.test("BrokerStartError says in words what the operating system's code means", () => {
  const message = (code: string) => {
    const cause = Object.assign(new Error("listen failed"), { code });
    return new BrokerStartError("127.0.0.1", 883, cause).message;
  };
  assertStringIncludes(
    message("EACCES"),
    "Port 883 on 127.0.0.1 is not allowed for this user",
  );
  assertStringIncludes(
    message("EADDRNOTAVAIL"),
    'Host "127.0.0.1" is not this computer',
  );
  assertEquals(
    message("EMFILE"),
    "Port 883 on 127.0.0.1 can't be listened on: listen failed",
  );
});

Deno.test({
  name: "startBroker() rejects without the permission to listen",
  permissions: { net: false, env: true, read: true, sys: true },
  fn: async () => {
    await rejection(
      startBroker({ port: 0 }),
      BrokerStartError,
      "Port 0 on 127.0.0.1 is not permitted: run the program with --allow-net",
    );
  },
});

Deno.test("startBroker() leaves nothing open if a later listener fails", async () => {
  await using first = await startBroker({ port: 0 });
  const { port } = await startBroker({ port: 0 }).then(async (broker) => {
    await broker.close();
    return broker;
  });
  await rejection(
    startBroker({ port, websocketPort: first.port }),
    BrokerStartError,
    `Port ${first.port} on 127.0.0.1 is already in use`,
  );
  assert(isFree(port));
});

Deno.test("startBroker() rejects a host that isn't this computer's", async () => {
  await rejection(
    startBroker({ host: "no-such-host.invalid", port: 0 }),
    BrokerStartError,
    'Host "no-such-host.invalid" is unknown',
  );
  await rejection(
    startBroker({ host: "203.0.113.7", port: 0 }),
    BrokerStartError,
    'Host "203.0.113.7" is not this computer',
  );
  await rejection(startBroker({ host: "", port: 0 }), TypeError, 'Host is ""');
});

Deno.test("startBroker() opens no plain port beside TLS, unless one is given", async () => {
  await using broker = await startBroker({ tls: { ...LOCALHOST, port: 0 } });
  assertEquals(broker.url, broker.tlsUrl);
  assertEquals(broker.url, `mqtts://127.0.0.1:${broker.port}`);
  await using client = await openClient(broker.url, { ca: CA });
  assert(client.client.connected);
});

Deno.test("startBroker() rejects ports out of range, whichever they are for", async () => {
  const wrong = [
    { port: 99999 },
    { port: -1 },
    { port: 1.5 },
    { port: 0, websocketPort: 65536 },
    { port: 0, tls: { ...LOCALHOST, port: 99999 } },
    { port: 0, tls: { ...LOCALHOST, port: 0, websocketPort: NaN } },
  ];
  for (const options of wrong) {
    const error = await rejection(startBroker(options), RangeError);
    assertMatch(
      error.message,
      /^Port is (99999|-1|1\.5|65536|NaN): it must be a whole number from 0 to 65535$/,
    );
  }
});

Deno.test("startBroker() rejects a certificate or key that can't be used", async () => {
  const { cert, key } = LOCALHOST;
  const start = (tls: { cert: string; key: string }) => () =>
    startBroker({ port: 0, tls: { ...tls, port: 0 } });
  await assertRejects(
    start({ cert: "rubbish", key }),
    TypeError,
    "TLS certificate can't be read",
  );
  await assertRejects(
    start({ cert, key: "rubbish" }),
    TypeError,
    "TLS key can't be read",
  );
  await assertRejects(
    start({ cert: CA, key }),
    TypeError,
    "TLS key is of another certificate",
  );
});

Deno.test("startBroker() logs who comes and goes, and nothing unless asked", async () => {
  await using broker = await openBroker({ users: { ann: "secret" } });
  const login = { clientId: "a\nb", username: "ann", password: "secret" };
  await (await openClient(broker.url, login))[Symbol.asyncDispose]();
  await assertRejects(() => openClient(broker.url, { clientId: "stranger" }));
  await broker.close();
  const text = broker.lines.join("\n");
  assertMatch(
    text,
    /^Client "a\\nb" connected from 127\.0\.0\.1:\d+ as "ann"$/m,
  );
  assertMatch(text, /^Client "a\\nb" disconnected$/m);
  assertMatch(text, /^Client "stranger" from [\d.:]+: not authorized$/m);
  assertEquals(text.includes("secret"), false);
});

Deno.test("close() cuts clients, half-open connections and pending handshakes, at once", async () => {
  const broker = await startBroker(EVERYWHERE);
  const ports = portsOf(broker);
  const silent = await Promise.all(ports.map((port) => openRaw({ port })));
  const clients = await Promise.all(
    [broker.url, broker.websocketUrl!, broker.tlsUrl!]
      .map((url) => openClient(url, { ca: CA })),
  );
  const cut = clients.map(({ client }) =>
    new Promise<void>((resolve) => client.once("close", () => resolve()))
  );
  // A client that has sent half a packet, and one that has sent half a request.
  await silent[0]!.send(Uint8Array.of(0x10, 100, 0));
  await silent[1]!.send(new TextEncoder().encode("GET / HTTP/1.1\r\nHost:"));
  await within("close()", broker.close(), 1_000);
  assertEquals(ports.map((port) => isFree(port)), [true, true, true, true]);
  for (const raw of silent) assertEquals(await raw.next(), undefined);
  await within("the clients to notice", Promise.all(cut));
  for (const raw of silent) raw.close();
  for (const client of clients) await client[Symbol.asyncDispose]();
});

Deno.test("close() may be called again", async () => {
  const broker = await startBroker({ port: 0 });
  await Promise.all([broker.close(), broker.close()]);
  await broker.close();
  assert(isFree(broker.port));
});
