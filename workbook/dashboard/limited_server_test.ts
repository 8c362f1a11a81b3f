import { assert, assertEquals, assertMatch } from "@std/assert";
import { type AddressInfo, connect } from "node:net";
import { within } from "../../testing/deadline.ts";
import { createLimitedServer } from "./limited_server.ts";

const LIMITS = {
  ...{ connections: 10, connectionsOfAddress: 10 },
  requestTime: 60_000,
};

/** Starts a server, and what connects to it. */
async function start(limits: Partial<typeof LIMITS>) {
  const stack = new AsyncDisposableStack();
  const server = createLimitedServer(
    (_, response) => void response.end("answer"),
    { ...LIMITS, ...limits },
  );
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve())
  );
  stack.defer(() =>
    new Promise<void>((resolve) => void server.close(() => resolve()))
  );
  const { port } = server.address() as AddressInfo;

  /** Sends something; what is answered, and whether more may come. */
  async function send(text: string): Promise<string> {
    const socket = connect({ port, host: "127.0.0.1" });
    const closed = new Promise<void>((resolve) => socket.on("close", resolve));
    stack.defer(async () => {
      socket.destroy();
      await closed;
    });
    socket.on("error", () => {});
    socket.write(text);
    const answer = new Promise<string>((resolve) =>
      socket.once("data", (data) => resolve(String(data)))
    );
    return await within(
      "an answer",
      Promise.race([answer, closed.then(() => "")]),
    );
  }
  return { send, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

for (const limit of ["connections", "connectionsOfAddress"] as const) {
  Deno.test(`createLimitedServer() cuts what is over its limit of ${limit}`, async () => {
    await using server = await start({ [limit]: 2 });
    const closing = REQUEST.replace(
      "\r\n\r\n",
      "\r\nConnection: close\r\n\r\n",
    );
    for (let i = 0; i < 3; i++) {
      assertMatch(await server.send(closing), /answer$/);
    }
    for (let i = 0; i < 2; i++) {
      assertMatch(await server.send(REQUEST), /answer/);
    }
    assertEquals(await server.send(REQUEST), "");
  });
}

Deno.test("createLimitedServer() cuts who takes long over a request", async () => {
  await using server = await start({ requestTime: 100 });
  const answer = await server.send("GET / HTTP/1.1\r\nHost: a\r\n");
  assert(!answer.includes("answer"), answer);
});
