import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../broker.ts";
import { connect, type ConnectOptions } from "../connect.ts";
import { BrokerUnreachableError, ConnectionRefusedError } from "../errors.ts";
import { messages } from "../messages.ts";
import { publishOnce } from "../publish_once.ts";
import { subscribe } from "../subscribe.ts";
import { CA, LOCALHOST } from "../../testing/certificates/certificates.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { openBroker } from "../../testing/brokers/embedded_broker.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import {
  connack,
  KEPT,
  QUICK,
  QUIET,
  until,
} from "../../testing/brokers/scripts.ts";
import { logged } from "../../testing/test.ts";

const hasIpv6 = Deno.build.os === "linux" &&
  Deno.networkInterfaces().some(({ address }) => address === "::1");
const IPV6 = { host: "::1", port: 0 };

Deno.test({
  name: "connect() takes ::1 with TLS, with a transport, and with a zone",
  ignore: !hasIpv6,
  fn: async () => {
    await using plain = await startBroker({ ...IPV6, websocketPort: 0 });
    await using secure = await startBroker({
      ...IPV6,
      tls: { ...LOCALHOST, port: 0 },
    });
    const portOf = (url = "") => url.slice(url.lastIndexOf(":") + 1);
    // Of an address that isn't link-local, Linux takes a zone as a number.
    const { port } = plain;
    const tlsPort = portOf(secure.tlsUrl);
    const tls = { ca: CA, servername: "localhost" };
    const cases: [host: string, options: ConnectOptions][] = [
      [`[::1]:${tlsPort}`, { tls }],
      [`[::1]:${portOf(plain.websocketUrl)}`, { transport: "websocket" }],
      [`[::1%1]:${port}`, {}],
      [`mqtt://[::1%251]:${port}`, {}],
      [`mqtts://[::1%1]:${tlsPort}`, { tls }],
    ];
    for (const [host, options] of cases) {
      const payload = "x".repeat(500_000);
      await using client = await within(host, connect(host, options));
      await client.publishAsync("big", payload, { qos: 1, retain: true });
      for await (const { text } of messages(host, "big", options)) {
        assertEquals(text.length, payload.length);
        break;
      }
    }
    const connecting = connect("[::1%1]:1", { retry: false });
    const error = await rejection(connecting, BrokerUnreachableError);
    assertEquals(
      error.message,
      "Broker at [::1%1]:1 can't be reached: connection refused (is a broker running there?)",
    );
  },
});

Deno.test("connect() reads a host's form before it connects", async () => {
  for (const options of [{ tls: {} }, { transport: "websocket" as const }]) {
    const connecting = connect("::1", { ...options, keepalive: -1 });
    await rejection(connecting, RangeError, "Keepalive is -1");
  }
});

Deno.test("connect() tries several hosts in turn, and says where it has gone", async () => {
  await using one = await startBroker({ port: 0 });
  await using other = await startBroker({ port: 0 });
  const { lines, log } = logged();
  await using client = await connect(
    `127.0.0.1:1,127.0.0.1:${one.port},127.0.0.1:${other.port}`,
    // A pause, in seconds, would be noticed.
    { log, retryDelay: [600, 600], retry: false },
  );
  const [first, second] = one.clients().length > 0
    ? [one, other]
    : [other, one];
  const lost = until(client, "close");
  await first.close();
  await lost;
  const returned = until(client, "connect");
  client.reconnect();
  await returned;
  assertEquals(second.clients().length, 1);
  // A busy machine may take a second.
  const untimed = lines.map((line) => line.replace(/\d+ s$/, "0 s"));
  assertEquals(untimed, [
    `Connection to 127.0.0.1:${first.port} lost: the broker closed the connection; connecting again`,
    `Connected to 127.0.0.1:${second.port} instead of 127.0.0.1:${first.port} after 0 s`,
  ]);
});

Deno.test("connect() spreads over the hosts", async () => {
  await using one = await startBroker({ port: 0 });
  await using other = await startBroker({ port: 0 });
  const host = `127.0.0.1:${one.port},127.0.0.1:${other.port}`;
  await using clients = new AsyncDisposableStack();
  // By chance all go to one of them once in 2^39 times.
  for (let count = 0; count < 40; count++) {
    clients.use(await connect(host));
  }
  const counts = [one.clients().length, other.clients().length];
  assert(Math.min(...counts) > 0, `${counts}`);
});

Deno.test("subscribe() is subscribed on the node to which it goes", async () => {
  await using one = await startBroker({ port: 0 });
  await using other = await startBroker({ port: 0 });
  const received: string[] = [];
  let got = Promise.withResolvers<void>();
  await using _subscription = await subscribe(
    `127.0.0.1:${one.port},127.0.0.1:${other.port}`,
    "iot/#",
    ({ text }) => {
      received.push(text);
      got.resolve();
    },
    false,
    { ...KEPT, qos: 1 },
  );
  const [first, second] = one.clients().length > 0
    ? [one, other]
    : [other, one];
  await publishOnce(first.url, { topic: "iot/x", payload: "first", qos: 1 });
  await within("the first message", got.promise);
  got = Promise.withResolvers<void>();
  await first.close();
  await publishOnce(second.url, {
    topic: "iot/x",
    payload: "second",
    qos: 1,
    retain: true,
  });
  await within("the second message", got.promise);
  assertEquals(received, ["first", "second"]);
});

for (
  const [code, words] of [[156, "use another server"], [
    157,
    "server moved",
  ]] as const
) {
  Deno.test(`connect() goes where CONNACK says with code ${code}`, async () => {
    await using broker = await startBroker({ port: 0 });
    await using full = await startScriptedBroker(({ cmd }) =>
      cmd !== "connect" ? undefined : {
        cmd: "connack",
        reasonCode: code,
        sessionPresent: false,
        properties: { serverReference: `127.0.0.1:${broker.port} elsewhere` },
      }
    );
    const { lines, log } = logged();
    await using client = await connect(full.url, {
      ...{ protocolVersion: 5, retryDelay: QUICK, retry: false, log },
    });
    assertEquals(broker.clients().length, 1);
    assertEquals(client.connected, true);
    assertEquals(lines, [
      `Broker at ${
        full.url.slice(7)
      } refused the connection: ${words} (code ${code}); trying 127.0.0.1:${broker.port}`,
    ]);
  });

  Deno.test(`connect() goes where DISCONNECT says with code ${code}`, async () => {
    await using broker = await startBroker({ port: 0 });
    await using draining = await startScriptedBroker();
    await using client = await connect(draining.url, {
      ...QUIET,
      protocolVersion: 5,
    });
    const returned = until(client, "connect");
    const [connection] = draining.connections;
    connection!.send({
      cmd: "disconnect",
      reasonCode: code,
      properties: { serverReference: `127.0.0.1:${broker.port}` },
    });
    connection!.socket.end();
    await returned;
    assertEquals(broker.clients().length, 1);
  });
}

Deno.test("connect() asks the next address where one is busy or sends it away", async () => {
  for (const code of [136, 137, 156]) {
    await using broker = await startBroker({ port: 0 });
    await using busy = await startScriptedBroker(({ cmd }) =>
      cmd !== "connect" ? undefined : {
        cmd: "connack",
        reasonCode: code,
        sessionPresent: false,
      }
    );
    const host = `${busy.url},127.0.0.1:${broker.port}`;
    // One of them is asked first by chance: ten clients have met both.
    for (let count = 0; count < 10; count++) {
      await using client = await connect(host, {
        ...QUIET,
        protocolVersion: 5,
        retry: false,
      });
      assert(client.connected);
    }
  }
});

Deno.test("connect() gets past nodes that send it round in a circle, or nowhere", async () => {
  for (const isCircle of [true, false]) {
    await using broker = await startBroker({ port: 0 });
    await using lost: ScriptedBroker = await startScriptedBroker(({ cmd }) =>
      cmd !== "connect" ? undefined : {
        cmd: "connack",
        reasonCode: 156,
        sessionPresent: false,
        properties: {
          serverReference: isCircle ? new URL(lost.url).host : "127.0.0.1:1",
        },
      }
    );
    // One of them is asked first by chance.
    while (lost.connections.length === 0) {
      const host = `${lost.url},127.0.0.1:${broker.port}`;
      const options = { ...QUIET, protocolVersion: 5 } as const;
      await using client = await within("it", connect(host, options));
      assert(client.connected);
    }
  }
});

Deno.test("connect() says in words with what it was refused while it tried on", async () => {
  await using lost: ScriptedBroker = await startScriptedBroker(({ cmd }) =>
    cmd !== "connect" ? undefined : {
      cmd: "connack",
      reasonCode: 157,
      sessionPresent: false,
      properties: { serverReference: new URL(lost.url).host },
    }
  );
  const connecting = connect(lost.url, {
    ...QUIET,
    protocolVersion: 5,
    retryDelay: [600, 600],
    timeout: 0.5,
  });
  await rejection(
    connecting,
    BrokerUnreachableError,
    "can't be reached: it refused the connection: server moved (code 157)",
  );
});

Deno.test("connect() leaves an address that keeps no connection for the next", async () => {
  await using broker = await startBroker({ port: 0 });
  await using failing = await startScriptedBroker(({ cmd }, connection) => {
    if (cmd !== "connect") return undefined;
    connection.send(connack(0));
    connection.socket.end();
    return "answered";
  });
  // One of them is asked first by chance.
  while (failing.connections.length === 0) {
    const host = `${failing.url},127.0.0.1:${broker.port}`;
    await using client = await connect(host, QUIET);
    while (broker.clients().length === 0) await until(client, "connect");
  }
});

Deno.test("connect() ends with the refusal that all of the addresses give", async () => {
  await using busy = await startScriptedBroker(({ cmd }) =>
    cmd !== "connect" ? undefined : {
      cmd: "connack",
      reasonCode: 156,
      sessionPresent: false,
    }
  );
  const connecting = connect(`${busy.url},${busy.url.slice(7)}`, {
    ...QUIET,
    protocolVersion: 5,
  });
  const error = await rejection(connecting, ConnectionRefusedError);
  assertEquals(error.code, 156);
  assertEquals(busy.connections.length, 2);
});

Deno.test("connect() leaves an address that has fallen silent for the next", async () => {
  await using broker = await startBroker({ port: 0 });
  await using silentOne = await startScriptedBroker(({ cmd }) =>
    cmd === "pingreq" ? "answered" : undefined
  );
  for (let count = 0; count < 20; count++) {
    await using client = await connect(
      `${silentOne.url},127.0.0.1:${broker.port}`,
      { ...QUIET, keepalive: 1 },
    );
    if (broker.clients().length > 0) continue;
    await until(client, "connect");
    assertEquals(broker.clients().length, 1);
    return;
  }
  throw new Error("The silent one was never chosen");
});

Deno.test("connect() waits for a moment of chance, and can be told not to", async () => {
  await using broker = await startBroker({ port: 0 });
  const never = new AbortController();
  const waiting = connect(broker.url, {
    startJitter: 86_400,
    signal: never.signal,
  });
  never.abort(new Error("no longer wanted"));
  await rejection(waiting, Error, "no longer wanted");
  await using client = await connect(broker.url, { startJitter: 0.01 });
  assert(client.connected);
  for (const startJitter of [-1, NaN, 86_401]) {
    const connecting = connect(broker.url, { startJitter });
    await rejection(connecting, RangeError, "Start jitter is");
  }
});

Deno.test("connect() says that none of several hosts can be reached", async () => {
  const error = await rejection(
    connect("info:s3cret@127.0.0.1:1,127.0.0.1:2", { retry: false }),
    BrokerUnreachableError,
    "Broker at 127.0.0.1:1, 127.0.0.1:2 can't be reached: connection refused",
  );
  assert(!error.message.includes("s3cret"));
});

Deno.test("connect() doesn't give one user's password to another", async () => {
  const users = { ann: "s3cret", bob: "s3cret" };
  await using broker = await openBroker({ users });
  const url = `ann:s3cret@127.0.0.1:${broker.port}`;
  await using client = await connect(url, { username: "ann" });
  assert(client.connected);
  const connecting = connect(url, { username: "bob" });
  const error = await rejection(connecting, ConnectionRefusedError);
  assertEquals(error.code, 4);
});
