import { openWebSocket } from "../../client/runtime.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { once } from "node:events";
import { connect } from "node:net";
import { allowPages } from "./admission.ts";
import { within } from "../../../testing/deadline.ts";
import {
  httpRequest,
  UPGRADE,
} from "../../../testing/clients/websocket_frames.ts";
import { openBroker } from "../../../testing/brokers/embedded_broker.ts";

Deno.test("allowPages() lets in programs, and pages of the host that is asked", () => {
  const isAllowed = allowPages();
  assertEquals(isAllowed({ host: "127.0.0.1:9001" }), true);
  const own = {
    "http://127.0.0.1:8080": "127.0.0.1:9001",
    "https://127.0.0.1": "127.0.0.1:9001",
    "http://localhost:8080": "localhost:9001",
    "http://[::1]:8080": "[::1]:9001",
    "http://192.168.1.20:8080": "192.168.1.20",
  };
  for (const [origin, host] of Object.entries(own)) {
    assertEquals(isAllowed({ origin, host }), true, origin);
  }
});

Deno.test("allowPages() keeps out other pages, and names that may lead anywhere", () => {
  const isAllowed = allowPages();
  const strange: [string, string | undefined][] = [
    ["https://evil.example", "127.0.0.1:9001"],
    // What DNS rebinding looks like.
    ["http://evil.example:9001", "evil.example:9001"],
    ["http://localhost:8080", "127.0.0.1:9001"],
    ["http://127.0.0.1.evil.example", "127.0.0.1:9001"],
    ["http://127.0.0.1@evil.example", "127.0.0.1:9001"],
    ["http://localhost.evil.example", "localhost:9001"],
    ["http://192.168.1.21", "192.168.1.20:9001"],
    ["http://localhost", undefined],
    ["null", "127.0.0.1:9001"],
    ["", "127.0.0.1:9001"],
    ["rubbish", "127.0.0.1:9001"],
  ];
  for (const [origin, host] of strange) {
    const headers = { origin, ...host !== undefined && { host } };
    assertEquals(isAllowed(headers), false, origin);
  }
});

Deno.test("allowPages() lets in the origins that it is given, or all", () => {
  const host = "broker.example:9001";
  const isAllowed = allowPages(["https://School.example/", "http://a:81"]);
  assertEquals(isAllowed({ origin: "https://school.example", host }), true);
  assertEquals(isAllowed({ origin: "http://a:81", host }), true);
  assertEquals(isAllowed({ origin: "http://school.example", host }), false);
  assertEquals(isAllowed({ origin: "http://a:82", host }), false);
  assertEquals(allowPages(["*"])({ origin: "null", host }), true);
  for (const text of ["school.example", "https://a/page", "", "null", "a:b"]) {
    assertThrows(() => allowPages([text]), TypeError, `Origin is "${text}"`);
  }
});

/** Opens a WebSocket as a page of an origin would. */
async function outcomeOf(url: string, origin?: string): Promise<string> {
  const socket = openWebSocket(url, {
    protocols: ["mqtt"],
    headers: { ...origin !== undefined && { origin } },
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.onopen = () => resolve("open");
  socket.onerror = (event) => resolve((event as ErrorEvent).message);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  const outcome = await within("the WebSocket to open or fail", promise);
  socket.close();
  await within("the WebSocket to close", closed);
  return outcome;
}

Deno.test("startBroker() refuses a stranger's page with 403 and says what lets it in", async () => {
  await using broker = await openBroker({
    websocketPort: 0,
    origins: ["https://school.example"],
  });
  const url = broker.websocketUrl!;
  const { hostname } = new URL(url);
  const cases = [
    undefined,
    "https://school.example",
    `http://${hostname}:8080`,
  ];
  for (const origin of cases) {
    assertEquals(await outcomeOf(url, origin), "open", origin);
  }
  assertEquals(broker.lines, []);
  assertEquals(
    (await outcomeOf(url, "https://evil.example")).includes("403"),
    true,
  );
  assertEquals(broker.lines.length, 1);
  assertEquals(
    broker.lines[0]!.replace(/127.*?refused/, "… refused"),
    'Page of "https://evil.example" from … refused: origins (--origin) lets in more pages',
  );
});

Deno.test("startBroker() goes on when pages that it refuses reset their connections", async () => {
  await using broker = await openBroker({ websocketPort: 0 });
  const port = Number(new URL(broker.websocketUrl!).port);
  const request = httpRequest([...UPGRADE, "Origin: https://evil.example"]);
  for (let count = 0; count < 100; count++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    const closed = once(socket, "close");
    socket.write(request, () => socket.resetAndDestroy());
    await within("the connection to close", closed);
  }
  assertEquals(await outcomeOf(broker.websocketUrl!), "open");
  assertEquals(broker.lines.filter((line) => line.includes("undefined")), []);
});
