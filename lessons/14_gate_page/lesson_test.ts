import { openWebSocket } from "../../lib/client/runtime.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { startBroker } from "../../lib/mod.ts";
import { CA_FILE, LOCALHOST } from "../../testing/certificates/certificates.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import type { Process } from "../../testing/processes.ts";
import {
  FRAME,
  frame,
  httpRequest,
} from "../../testing/clients/websocket_frames.ts";
import { lessonAt, type LessonRun } from "../../testing/project/lessons.ts";
import { test } from "../../testing/test.ts";

const lesson = lessonAt(import.meta.url);
const NOWHERE = "mqtt://127.0.0.1:1";

interface Server extends AsyncDisposable {
  process: Process;
  /** `127.0.0.1:…` */
  address: string;
}

/** Starts the server on a free port. */
async function startServer(
  url: string,
  options: Partial<LessonRun> = {},
): Promise<Server> {
  const args = ["127.0.0.1", "0"];
  const process = lesson.start("server", { url, args, ...options });
  await process.untilPrinted("/\n");
  const [, address = ""] = /at http:\/\/(\S+)\/\n/.exec(process.printed()) ??
    [];
  return {
    process,
    address,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** Sends the lines of a request as they are, and reads the answer to its end. */
async function ask(address: string, lines: string[]): Promise<string> {
  const [hostname = "", port] = address.split(":");
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const request = [...lines, "", ""].join("\r\n");
  await connection.write(new TextEncoder().encode(request));
  const chunk = new Uint8Array(65_536);
  let answer = "";
  while (!answer.includes("\r\n\r\n")) {
    const count = await within("an answer", connection.read(chunk));
    if (count === null) break;
    answer += new TextDecoder().decode(chunk.subarray(0, count));
  }
  return answer;
}

/** The lines that ask for a WebSocket. */
function upgrade(host: string, origin: string | undefined, path = "/mqtt") {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol: mqtt",
    ...origin === undefined ? [] : [`Origin: ${origin}`],
  ];
}

/** Connects an MQTT.js client to the server, as the page does. */
function openThroughBridge(address: string) {
  return openClient(`ws://${address}/mqtt`, {
    wsOptions: { origin: `http://${address}` },
  });
}

/** Opens a WebSocket as the page does, and says nothing. */
function openPage(address: string): Disposable {
  const page = openWebSocket(`ws://${address}/mqtt`, {
    headers: { origin: `http://${address}` },
    protocols: ["mqtt"],
  });
  return { [Symbol.dispose]: () => page.close() };
}

Deno.test("server hands out the page's files, each with its type", async () => {
  await using server = await startServer(NOWHERE);
  for (
    const [path, type, start] of [
      ["/", "text/html", "<!DOCTYPE html>"],
      ["/page.js", "text/javascript", "// The page's program."],
      ["/style.css", "text/css", ":root {"],
      ["/mqtt.js", "text/javascript", '"use strict";'],
    ]
  ) {
    const response = await fetch(`http://${server.address}${path}`);
    assertEquals(response.status, 200);
    assertEquals(
      response.headers.get("content-type"),
      `${type}; charset=utf-8`,
    );
    assertEquals(response.headers.get("x-content-type-options"), "nosniff");
    const policy = response.headers.get("content-security-policy") ?? "";
    assertStringIncludes(policy, "default-src 'self'; ");
    assert(!policy.includes("unsafe"), policy);
    assertStringIncludes((await response.text()).slice(0, 200), start!);
  }
});

Deno.test("server hands out nothing else", async () => {
  await using server = await startServer(NOWHERE);
  for (
    const path of [
      "/server.ts",
      "/../server.ts",
      "/..%2fserver.ts",
      "/%2e%2e/server.ts",
      "/%2e%2e%2fserver.ts",
      "/..%252fserver.ts",
      "/..%5cserver.ts",
      "/..\\server.ts",
      "/..%c0%afserver.ts",
      "/.%00./server.ts",
      "/page.js%00.html",
      "/page.js/",
      "/./page.js",
      "/PAGE.JS",
      "/?/../server.ts",
      "/../../../../../../etc/passwd",
      "//etc/passwd",
      "/page.js/../../server.ts",
      "/page/index.html",
      "/mqtt",
      "/constructor",
      "http://127.0.0.1/page.js",
    ]
  ) {
    const answer = await ask(server.address, [
      `GET ${path} HTTP/1.1`,
      `Host: ${server.address}`,
      "Connection: close",
    ]);
    assertMatch(answer, /^HTTP\/1.1 404 Not Found\r\n/, path);
    assertMatch(answer, /\r\ncontent-type: text\/plain/i, path);
  }
});

Deno.test("server goes on after requests that are none", async () => {
  await using server = await startServer(NOWHERE);
  const { address } = server;
  const wrong = [
    ["rubbish"],
    ["GET /\0 HTTP/1.1", `Host: ${address}`],
    ["GET / HTTP/9.9", `Host: ${address}`],
    ["GET / HTTP/1.1", `X: ${"y".repeat(100_000)}`],
    ["POST / HTTP/1.1", `Host: ${address}`, "Content-Length: -1"],
  ];
  for (const lines of wrong) {
    const answer = await ask(address, lines).catch(() => "");
    assert(!answer.includes("200 OK"), `${lines[0]}: ${answer}`);
  }
  const response = await fetch(`http://${address}/`);
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

test.broker("server opens a WebSocket to its own page only", async (broker) => {
  await using server = await startServer(broker.url);
  const { address } = server;
  const port = address.split(":")[1];
  const statusOf = async (...request: Parameters<typeof upgrade>) => {
    const [status = ""] = (await ask(address, upgrade(...request))).split("\r");
    return status;
  };
  const open = "HTTP/1.1 101 Switching Protocols";
  assertEquals(await statusOf(address, `http://${address}`), open);
  const localhost = `localhost:${port}`;
  assertEquals(await statusOf(localhost, `http://${localhost}`), open);
  const ipv6 = `[::1]:${port}`;
  assertEquals(await statusOf(ipv6, `http://${ipv6}`), open);

  const refused = "HTTP/1.1 403 Forbidden";
  for (
    const origin of [
      undefined,
      "null",
      "http://evil.example",
      `http://${localhost}`,
      `https://${address}`,
      `http://${address}.evil.example`,
      `http://${address}@evil.example`,
    ]
  ) {
    assertEquals(await statusOf(address, origin), refused, origin);
  }
  // A stranger's name that leads here brings an origin that fits.
  const strange = `evil.example:${port}`;
  assertEquals(await statusOf(strange, `http://${strange}`), refused);
  assertEquals(await statusOf(address, `http://${address}`, "/"), refused);
});

Deno.test("server goes on when clients that it refuses reset their connections", async () => {
  await using server = await startServer(NOWHERE);
  const { address } = server;
  const [host = "", port] = address.split(":");
  const lines = upgrade(address, "http://evil.example");
  const request = httpRequest(lines);
  for (let count = 0; count < 100; count++) {
    const socket = connect(Number(port), host);
    socket.on("error", () => {});
    const closed = once(socket, "close");
    socket.write(request, () => socket.resetAndDestroy());
    await within("the connection to close", closed);
  }
  const response = await fetch(`http://${address}/`);
  assertEquals(response.status, 200);
  await response.body?.cancel();
  assertEquals(server.process.logged(), "");
});

test.broker("server cuts off whoever sends a message that no page would", async (broker) => {
  await using server = await startServer(broker.url);
  const { address } = server;
  const [hostname = "", port] = address.split(":");
  const half = new Uint8Array(40_000);
  const large = frame(FRAME.FIN | FRAME.BINARY, new Uint8Array(100_000));
  const messages = {
    "one that says so at its beginning": [large.subarray(0, 100)],
    "one in pieces": [
      frame(FRAME.BINARY, half),
      frame(FRAME.CONTINUATION, half),
    ],
  };
  for (const [what, frames] of Object.entries(messages)) {
    using connection = await Deno.connect({ hostname, port: Number(port) });
    const request = httpRequest(upgrade(address, `http://${address}`));
    for (const bytes of [request, ...frames]) {
      for (let sent = 0; sent < bytes.length;) {
        sent += await connection.write(bytes.subarray(sent));
      }
    }
    const chunk = new Uint8Array(65_536);
    let isOpen = true;
    while (isOpen) {
      const reading = connection.read(chunk).catch(() => null); // A reset
      isOpen = await within(`the end of ${what}`, reading) !== null;
    }
  }
});

test.broker("server carries MQTT both ways, and large payloads whole", async (broker) => {
  await using server = await startServer(broker.url);
  await using page = await openThroughBridge(server.address);
  await using peer = await openClient(broker.url);
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  const payload = Buffer.concat(Array.from({ length: 16 }, () => bytes));
  const received = (client: typeof page.client) =>
    within(
      "a payload of 1 MB",
      new Promise<Buffer>((resolve) => {
        client.once("message", (_topic, payload) => resolve(payload));
      }),
    );

  // A page may send 64 KB at once, and gets as much as there is.
  const command = payload.subarray(0, 65_000);
  await page.subscribe("to/page", 1);
  const onPage = received(page.client);
  await peer.publish("to/page", payload, { qos: 1 });
  assert(payload.equals(await onPage));

  await peer.subscribe("to/peer", 1);
  const onPeer = received(peer.client);
  await page.publish("to/peer", command, { qos: 1 });
  assert(command.equals(await onPeer));
});

Deno.test("server reaches a broker over WebSocket and TLS, too", async () => {
  await using broker = await startBroker({
    port: 0,
    websocketPort: 0,
    tls: { ...LOCALHOST, port: 0 },
  });
  const variables = { DENO_CERT: CA_FILE };
  for (const url of [broker.websocketUrl!, broker.tlsUrl!]) {
    await using server = await startServer(url, { variables });
    await using page = await openThroughBridge(server.address);
    await page.subscribe("#", 1);
    await page.publish("a", url, { qos: 1 });
    const [message] = await page.untilReceived(1);
    assertEquals(message?.text, url);
  }
});

Deno.test("server leaves the broker waiting while a page reads nothing", async () => {
  const MOST = 128 * 1024 * 1024;
  const stalled = Promise.withResolvers<number>();
  let sent = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const broker = createServer((socket) => {
    const chunk = new Uint8Array(65_536);
    const flood = () => {
      clearTimeout(timer);
      if (sent > MOST) return stalled.resolve(sent);
      do sent += chunk.length; while (socket.write(chunk) && sent <= MOST);
      // No more is taken now. If that lasts, the server is full.
      timer = setTimeout(() => stalled.resolve(sent), 1000);
    };
    socket.on("drain", flood);
    socket.on("error", () => {});
    flood();
  });
  broker.listen(0, "127.0.0.1");
  await once(broker, "listening");
  const { port } = broker.address() as AddressInfo;
  {
    await using server = await startServer(`mqtt://127.0.0.1:${port}`);
    const [hostname = "", pagePort] = server.address.split(":");
    using page = await Deno.connect({ hostname, port: Number(pagePort) });
    const lines = upgrade(server.address, `http://${server.address}`);
    const request = [...lines, "", ""].join("\r\n");
    await page.write(new TextEncoder().encode(request));
    const taken = await within("the flood to stall", stalled.promise);
    assert(taken < MOST, `The server took ${taken} bytes`);
  }
  clearTimeout(timer);
  broker.close();
  await once(broker, "close");
});

Deno.test("server tells once that the broker is gone, and that it is back", async () => {
  const port = await (async () => {
    await using broker = await startBroker({ port: 0 });
    return broker.port;
  })();
  const url = `mqtt://ann:secret@127.0.0.1:${port}`;
  await using server = await startServer(url);
  for (let attempt = 0; attempt < 2; attempt++) {
    const webSocket = openWebSocket(`ws://${server.address}/mqtt`, {
      protocols: ["mqtt"],
      headers: { origin: `http://${server.address}` },
    });
    webSocket.onerror = () => {};
    await within("the WebSocket to close", once(webSocket, "close"));
  }
  await using _broker = await startBroker({ port });
  await using page = await openThroughBridge(server.address);
  assert(page.client.connected);
  await server.process.untilLogged("Reached");
  assertMatch(
    server.process.logged(),
    /^Can't reach the broker at (127.0.0.1:\d+): .*\nReached the broker at \1\n$/,
  );
});

test.broker("server ends well while a page is open", async (broker) => {
  await using server = await startServer(broker.url);
  await using page = await openThroughBridge(server.address);
  const closed = new Promise<void>((resolve) => {
    page.client.once("close", resolve);
  });
  const { code, stderr } = await server.process.stop();
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  await within("the page's connection to close", closed);
});

Deno.test("server ends, and lets the broker go, while the broker doesn't answer", async () => {
  for (const protocol of ["mqtt", "ws"]) {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await using server = await startServer(`${protocol}://127.0.0.1:${port}`);
    for (const isLast of [false, true]) {
      const accepted = once(silent, "connection");
      using page = openPage(server.address);
      const [connection] = await within("a connection", accepted);
      const gone = once(connection.resume().on("error", () => {}), "close");
      if (isLast) server.process.kill("SIGTERM");
      else page[Symbol.dispose]();
      await within("the broker to be let go", gone);
    }
    assertEquals((await server.process.end()).code, 0);
    silent.close();
  }
});

Deno.test("server verifies the broker's certificate in spite of NODE_TLS_REJECT_UNAUTHORIZED=0", async () => {
  await using broker = await startBroker({
    port: 0,
    tls: { ...LOCALHOST, port: 0 },
  });
  for (const protocol of ["mqtts", "wss"]) {
    const url = broker.tlsUrl!.replace("mqtts", protocol);
    await using server = await startServer(url, {
      variables: { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
    });
    using _page = openPage(server.address);
    await server.process.untilLogged("\n");
    assertMatch(server.process.logged(), /^Can't reach .*certificate/);
  }
});

Deno.test("server says in a line what it can't do", async () => {
  await using server = await startServer(NOWHERE);
  const port = server.address.split(":")[1]!;
  const ran = async (args: string[], url = NOWHERE) => {
    const { code, stdout, stderr } = await lesson.run("server", { url, args });
    assertEquals(stdout, "");
    return { code, stderr };
  };
  assertEquals(await ran(["127.0.0.1", port]), {
    code: 1,
    stderr: `Port ${port} is in use: give another one, as in "127.0.0.1 ${
      Number(port) + 1
    }"\n`,
  });
  assertEquals(await ran(["127.0.0.1", "x"]), {
    code: 2,
    stderr: 'Port is "x": it must be a whole number from 0 to 65535\n',
  });
  assertEquals(await ran(["8081"]), {
    code: 1,
    stderr:
      'Server can\'t listen on "8081": it must be an address or a name of this computer\n',
  });
  for (
    const [address, shown, fault] of [
      ["http://ann:secret@somewhere", "http://…@somewhere", "is not a name"],
      ["mqtt://ann:se/cret@somewhere", "mqtt://…", "is ambiguous"],
    ]
  ) {
    const { code, stderr } = await ran(["127.0.0.1", "0"], address);
    assertEquals(code, 2);
    assertStringIncludes(stderr, `Broker address "${shown}" ${fault}`);
  }
});
