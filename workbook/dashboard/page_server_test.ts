import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { get, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { openPageClient } from "../../testing/clients/page_client.ts";
import { within } from "../../testing/deadline.ts";
import { UsageError } from "../options/program.ts";
import {
  createLimitedServer,
  type PageServerOptions,
  servePages,
} from "./page_server.ts";
import type { FromPage, FromServer } from "./protocol.ts";

const WELCOME: FromServer = {
  type: "welcome",
  broker: "test",
  filters: ["#"],
  refused: [],
  hasClients: false,
};

/** Serves pages on a free port, and notes what they ask for. */
async function startServer(options: Partial<PageServerOptions> = {}) {
  const requests: FromPage[] = [];
  let open = 0;
  const empty = Promise.withResolvers<void>();
  const server = await servePages({
    host: "127.0.0.1",
    port: 0,
    token: "token",
    accept(send) {
      send(WELCOME);
      open++;
      return {
        onRequest: (request) => requests.push(request),
        onClose: () => --open === 0 && empty.resolve(),
      };
    },
    ...options,
  });
  return { ...server, requests, open: () => open, empty: empty.promise };
}

/** Asks as any program can: `fetch` wouldn't send such paths and hosts. */
async function ask(
  url: string,
  path: string,
  { host, method = "GET" }: { host?: string; method?: string } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<
    Awaited<ReturnType<typeof ask>>
  >();
  const { hostname, port } = new URL(url);
  const headers = { ...host !== undefined && { host }, connection: "close" };
  const request = get(
    { hostname, port, path, method, headers },
    async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body });
    },
  );
  request.on("error", reject);
  return await within("the answer", promise);
}

Deno.test("servePages() serves the page with all that it needs, and a policy", async () => {
  await using server = await startServer();
  const { status, headers, body } = await ask(server.url, "/token/");
  assertEquals([status, headers["content-type"]], [
    200,
    "text/html; charset=utf-8",
  ]);
  assertMatch(
    headers["content-security-policy"] as string,
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
  assertEquals(headers["x-content-type-options"], "nosniff");
  const files = [...body.matchAll(/(?:href|src)="([^":]+)"/g)]
    .map(([, path]) => path!);
  assertEquals(files, ["page.css", "page.js"]);
  for (const file of files) {
    const { status, headers } = await ask(server.url, `/token/${file}`);
    assertEquals(status, 200, file);
    const type = file.endsWith(".css") ? "text/css" : "text/javascript";
    assertEquals(headers["content-type"], `${type}; charset=utf-8`);
  }
  const nothing = await ask(server.url, "/token/", { method: "HEAD" });
  assertEquals([nothing.status, nothing.body], [200, ""]);
});

Deno.test("servePages() gives nothing to who hasn't the token, or asks for other files", async () => {
  await using server = await startServer();
  const paths = [
    ...["/", "/token", "/tokem/", "/TOKEN/", "//token/", "/x/token/"],
    ...["/token/../deno.json", "/token/workbook/dashboard/page/../../main.ts"],
    ...["/token/%2e%2e/deno.json", "/token/deno.json", "/token/socket"],
    ...["/token/__proto__", "/token/?x", "*", "http://127.0.0.1/token/x"],
  ];
  for (const path of paths) {
    const { status, body } = await ask(server.url, path);
    assertEquals(status, 404, path);
    assert(!body.includes("<") && !body.includes("import"));
  }
  const { status, headers } = await ask(server.url, "/token/", {
    method: "POST",
  });
  assertEquals([status, headers.allow], [405, "GET, HEAD"]);
});

Deno.test("servePages() answers no request that names a stranger's host", async () => {
  await using server = await startServer();
  const { port } = new URL(server.url);
  const hosts = ["evil.example", "localhost.evil.example", "a@127.0.0.1", ""];
  for (const host of hosts) {
    const { status } = await ask(server.url, "/token/", {
      host: `${host}:${port}`,
    });
    assertEquals(status, 421, host);
  }
  for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
    const { status } = await ask(server.url, "/token/", {
      host: `${host}:${port}`,
    });
    assertEquals(status, 200, host);
  }
});

const NAME = Deno.hostname();
/** Many machines know their own name, but not all. */
const isKnown = await lookup(NAME).then(() => true, () => false);

Deno.test({
  name: "servePages() knows its own host, however it is spelled",
  ignore: !isKnown,
  async fn() {
    const host = NAME.toUpperCase();
    await using server = await startServer({ host });
    for (const named of [host, host.toLowerCase()]) {
      const { status } = await ask(server.url, "/token/", { host: named });
      assertEquals(status, 200, named);
    }
  },
});

Deno.test("servePages() opens a WebSocket only for a page of its own", async () => {
  await using server = await startServer();
  const { port } = new URL(server.url);
  const others = [
    "http://evil.example",
    `http://localhost:${port}`,
    `https://127.0.0.1:${port}`,
    "null",
    "",
  ];
  for (const origin of others) {
    await assertRejects(() => openPageClient(server.url, { origin }), Error);
  }
  const wrong = server.url.replace("token", "tokem");
  await assertRejects(() => openPageClient(wrong), Error);
  const host = `evil.example:${port}`;
  const rebound = { host, origin: `http://${host}` };
  await assertRejects(() => openPageClient(server.url, rebound), Error);
  await using page = await openPageClient(server.url);
  page.say({ type: "hello" });
  assertEquals(await page.until(() => page.said[0]), WELCOME);
});

Deno.test("servePages() hands on what a page says, and hears that it is gone", async () => {
  await using server = await startServer();
  {
    await using page = await openPageClient(server.url);
    page.say({ type: "hello" });
    await page.until(() => page.said[0]);
    assertEquals(server.open(), 1);
    page.say({ type: "open", topic: "a" });
    page.sayRaw("no request");
    assertEquals(await within("the end", page.closed), 1008);
  }
  assertEquals(server.requests, [{ type: "open", topic: "a" }]);
  await within("the server to notice", server.empty);
});

const BREACHES: [string, string | Uint8Array<ArrayBuffer>][] = [
  ["anything before hello", '{"type":"handled","number":1}'],
  ["bytes", new Uint8Array(10)],
];

for (const [what, said] of BREACHES) {
  Deno.test(`servePages() closes the WebSocket of who sends ${what}`, async () => {
    await using server = await startServer();
    await using page = await openPageClient(server.url);
    page.sayRaw(said);
    assertEquals(await within("the end", page.closed), 1008);
    assertEquals([server.requests, server.open()], [[], 0]);
  });
}

Deno.test("servePages() takes no frame of 100 MB, and goes on", async () => {
  await using server = await startServer();
  await using page = await openPageClient(server.url);
  page.sayRaw("x".repeat(100 * 1024 * 1024));
  // It is cut while it sends, and may not hear why. 1008 would be said to what is
  // whole and makes no sense.
  assert(await within("the end", page.closed) !== 1008);
  await using other = await openPageClient(server.url);
  other.say({ type: "hello" });
  await other.until(() => other.said[0]);
});

Deno.test("servePages() tells nothing to who hasn't the password", async () => {
  await using server = await startServer({
    token: undefined,
    password: "s3cret",
  });
  assertEquals(new URL(server.url).pathname, "/");
  for (const password of [undefined, "", "S3cret", "s3cret "]) {
    await using page = await openPageClient(server.url);
    page.say({ type: "hello", ...password !== undefined && { password } });
    await within("the end", page.closed);
    const reason = password === undefined
      ? "password needed"
      : "password wrong";
    assertEquals(page.said, [{ type: "refusal", reason }]);
  }
  assertEquals(server.open(), 0);
  await using page = await openPageClient(server.url);
  page.say({ type: "hello", password: "s3cret" });
  assertEquals(await page.until(() => page.said[0]), WELCOME);
});

Deno.test("servePages() takes one guess at the password from a WebSocket", async () => {
  const password = "s3cret";
  let accepted = 0;
  const accept = () => {
    accepted++;
    return { onRequest: () => {}, onClose: () => {} };
  };
  await using server = await startServer({
    ...{ token: undefined, password, accept },
  });
  for (const first of [{}, { password: "guess" }, { password: 1 }]) {
    await using page = await openPageClient(server.url);
    page.sayRaw(JSON.stringify({ type: "hello", ...first }));
    page.say({ type: "hello", password });
    await within("the end", page.closed);
  }
  assertEquals(accepted, 0);
});

Deno.test("servePages() lets go of a socket that it has refused", async () => {
  await using server = await startServer();
  const { hostname, port, host } = new URL(server.url);
  const socket = connect({
    ...{ host: hostname, port: Number(port), allowHalfOpen: true },
  });
  const ended = once(socket, "end");
  socket.write(
    `GET /token/socket HTTP/1.1\r\nHost: ${host}\r\n` +
      "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  );
  socket.resume();
  await within("the refusal", ended);
  let isCut = false;
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => isCut = true);
  const keepOn = async () => {
    while (!isCut) await new Promise((resolve) => socket.write("x", resolve));
  };
  await within("the socket to be let go of", keepOn());
  await closed;
});

Deno.test("servePages() opens no more pages at once than it can serve", async () => {
  await using server = await startServer();
  await using pages = new AsyncDisposableStack();
  for (let i = 0; i < 50; i++) pages.use(await openPageClient(server.url));
  await assertRejects(() => openPageClient(server.url), Error);
});

Deno.test("servePages() keeps room for others while one address tries passwords", async () => {
  const password = "s3cret";
  await using server = await startServer({ token: undefined, password });
  await using pages = new AsyncDisposableStack();
  const open = async () => pages.use(await openPageClient(server.url));
  // Who has come in doesn't count.
  for (let i = 0; i < 3; i++) {
    const page = await open();
    page.say({ type: "hello", password });
    await page.until(() => page.said[0]);
  }
  const strangers = [];
  for (let i = 0; i < 10; i++) strangers.push(await open());
  await assertRejects(open, Error);
  strangers[0]!.say({ type: "hello", password: "guess" });
  // As soon as the server has noticed, too.
  const openAtLast = async () => {
    while (!await open().then(() => true, () => false));
  };
  await within("room for one more", openAtLast());
});

Deno.test("servePages() says which port is in use", async () => {
  await using server = await startServer();
  const port = Number(new URL(server.url).port);
  await assertRejects(
    () => startServer({ port }),
    UsageError,
    `Page can't be served at 127.0.0.1:${port}: it is in use`,
  );
});

const LIMITS = {
  ...{ connections: 10, connectionsOfAddress: 10 },
  requestTime: 60_000,
};

/** Starts a server with limits, and what connects to it. */
async function startLimited(limits: Partial<typeof LIMITS>) {
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
    await using server = await startLimited({ [limit]: 2 });
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
  await using server = await startLimited({ requestTime: 100 });
  const answer = await server.send("GET / HTTP/1.1\r\nHost: a\r\n");
  assert(!answer.includes("answer"), answer);
});
