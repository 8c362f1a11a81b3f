import { assert, assertEquals } from "@std/assert";
import { createServer, type Socket } from "node:net";
import { connect } from "../connect.ts";
import { BrokerUnreachableError } from "../errors.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { explainPlain, explainTls } from "./tls_failure.ts";

/** A server that hangs up on the first connection, and hears the others out. */
async function startRude() {
  let heard = "";
  const sockets: Socket[] = [];
  const second = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    const isFirst = sockets.push(socket) === 1;
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      heard += bytes.toString("latin1");
      if (isFirst) socket.resetAndDestroy();
      else second.resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    second: second.promise,
    heard: () => heard,
    connections: () => sockets.length,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

Deno.test("connect() tells a second look nothing, and ends it when its signal aborts", async () => {
  await using server = await startRude();
  const controller = new AbortController();
  const connecting = connect(`mqtts://127.0.0.1:${server.port}`, {
    username: "info",
    password: "Password1234",
    retry: false,
    signal: controller.signal,
  });
  const outcome = rejection(connecting, DOMException);
  await within("the second look", server.second);
  controller.abort();
  await within("the abort", outcome, 1_000);
  assertEquals(server.connections(), 2);
  assertEquals(server.heard().includes("Password1234"), false);
});

Deno.test("connect() ends a second look that isn't answered after 2 s", async () => {
  await using server = await startRude();
  const start = performance.now();
  const url = `mqtts://127.0.0.1:${server.port}`;
  await rejection(
    connect(url, { retry: false }),
    BrokerUnreachableError,
    "can't be reached: the connection was reset",
  );
  const seconds = (performance.now() - start) / 1000;
  assertEquals(server.connections(), 2);
  assert(seconds > 1.9 && seconds < 4, `${seconds} s`);
});

for (
  const [protocolVersion, words] of [
    [3, "it closed the connection without an answer (does it speak MQTT 3.1?)"],
    [4, "the broker closed the connection"],
    [5, "it closed the connection without an answer (does it speak MQTT 5?)"],
  ] as const
) {
  Deno.test(`connect() says what a broker may miss that closes at CONNECT with version ${protocolVersion}`, async () => {
    await using broker = await startScriptedBroker((_packet, { socket }) => {
      socket.end();
      return "answered";
    });
    const connecting = connect(broker.url, { protocolVersion, retry: false });
    const error = await rejection(connecting, BrokerUnreachableError);
    assertEquals(error.message.split("reached: ")[1], words);
  });
}

const rejected = (reason: string) =>
  new Error(`invalid peer certificate: ${reason}`);

/** What Deno's TLS says, and what the client says of it. */
const reasons: [error: Error, text: string][] = [
  [
    rejected("certificate expired"),
    "its certificate has expired (or this computer's clock is wrong)",
  ],
  [
    rejected(
      'certificate not valid for name "a"; certificate is not valid for any names (according to its subjectAltName extension)',
    ),
    "its certificate names no host: it needs a subjectAltName, a common name is not enough",
  ],
  [
    rejected(
      'certificate not valid for name "a"; certificate is only valid for DnsName("b"), IpAddress(127.0.0.1) or IpAddress(0::1)',
    ),
    'its certificate is for another host name: not for "a", but for "b", "127.0.0.1" or "0::1"',
  ],
  [
    rejected("BadSignature"),
    "its certificate is not signed by an authority that is trusted here",
  ],
  [
    rejected("Other(OtherError(CaUsedAsEndEntity))"),
    "its certificate is an authority's own: it must be one that the authority has signed",
  ],
  [
    rejected("Other(OtherError(UnsupportedCertVersion))"),
    "its certificate is of an old version: it must be of version 3, with a subjectAltName",
  ],
  [
    rejected(
      "certificate does not allow extended key usage for server authentication, allows client authentication",
    ),
    "its certificate is not one for servers",
  ],
  [rejected("Revoked"), "its certificate can't be used (Revoked)"],
  [
    Object.assign(new Error("unexpected end of file"), {
      name: "UnexpectedEof",
    }),
    "it ended the TLS handshake: maybe this port is for mqtt://, not mqtts://",
  ],
];

Deno.test("explainTls() says in words what each reason means", () => {
  for (const [error, text] of reasons) {
    assertEquals(explainTls(error, "mqtts")?.text, text);
  }
});

Deno.test("explainTls() says nothing of what it doesn't know", () => {
  assertEquals(explainTls(new Error("operation canceled"), "wss"), undefined);
});

Deno.test("explainPlain() takes a port for one with TLS only if it has answered so", () => {
  const tls = "this port speaks TLS: wss:// is for it, not ws://";
  assertEquals(explainPlain(undefined, "ws")?.text, tls);
  assertEquals(explainPlain(rejected("UnknownIssuer"), "ws")?.text, tls);
  const alert = new Error("received fatal alert: HandshakeFailure");
  assertEquals(explainPlain(alert, "ws")?.text, tls);
  const reset = new Error("connection reset");
  assertEquals(explainPlain(reset, "ws"), undefined);
});
