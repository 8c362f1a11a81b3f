import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../broker.ts";
import { connect, type ConnectOptions } from "../connect.ts";
import { BrokerUnreachableError, ConnectionRefusedError } from "../errors.ts";
import { messages } from "../messages.ts";
import { CA, LOCALHOST } from "../../testing/certificates/certificates.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { openBroker } from "../../testing/brokers/embedded_broker.ts";
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

Deno.test("connect() tries several hosts in turn, and comes back to any", async () => {
  const first = await startBroker({ port: 0 });
  await using second = await startBroker({ port: 0 });
  const { lines, log } = logged();
  await using client = await connect(
    `127.0.0.1:1,127.0.0.1:${first.port},127.0.0.1:${second.port}`,
    // A pause, in seconds, would be noticed.
    { log, retryDelay: [600, 600], retry: false },
  );
  await client.publishAsync("to/first", "", { qos: 1 });
  const event = (name: "close" | "connect") =>
    new Promise<void>((resolve) => client.once(name, () => resolve()));
  // Until it knows of its loss, to reconnect is to leave.
  const lost = event("close");
  await first.close();
  await within("the loss", lost);
  const returned = event("connect");
  client.reconnect();
  await within("the next host", returned);
  assert(client.connected);
  const untimed = lines.map((line) => line.replace(/\d+ s$/, "0 s"));
  assertEquals(untimed, [
    `Connection to 127.0.0.1:${first.port} lost: the broker closed the connection; connecting again`,
    `Connected to 127.0.0.1:${second.port} again after 0 s`,
  ]);
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
