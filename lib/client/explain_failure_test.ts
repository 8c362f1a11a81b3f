import { assert, assertEquals } from "@std/assert";
import { createServer, type Socket } from "node:net";
import { connect } from "../connect.ts";
import { BrokerUnreachableError } from "../errors.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { rejection, within } from "../../testing/deadline.ts";

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
