import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { type Client, connect } from "../connect.ts";
import { ConnectionRefusedError } from "../errors.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import {
  comeBack,
  connack,
  endWith,
  KEPT,
  lose,
  QUICK,
  QUIET,
  silent,
  startKeeping,
  startRefusingLater,
  until,
} from "../../testing/brokers/scripts.ts";
import { logged, test } from "../../testing/test.ts";
import type { ConnectOptions } from "./options.ts";

Deno.test("connect() connects again after the connection broke, and says so once each way", async () => {
  const { lines, log } = logged();
  await using broker = await startScriptedBroker();
  await using client = await connect(broker.url, { retryDelay: QUICK, log });
  await comeBack(broker, client);
  assertEquals(lines.length, 2);
  assertStringIncludes(lines[0]!, "lost");
  assertStringIncludes(lines[1]!, "again");
});

/** The pauses before a client's attempts, as they come, in milliseconds. */
function pausesOf(client: Client): number[] {
  const pauses: number[] = [];
  client.on("reconnect", () => pauses.push(client.options.reconnectPeriod!));
  return pauses;
}

Deno.test("connect() pauses longer after each failure, with chance in it", async () => {
  let isAlive = true;
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    if (isAlive) return undefined;
    socket.destroy();
    return "answered";
  });
  const options: ConnectOptions = { retryDelay: [0.01, 0.1], log: silent };
  await using client = await connect(broker.url, options);
  const pauses = pausesOf(client);
  const tried = untilEvent(client, "reconnect", 8);
  isAlive = false;
  broker.connections[0]!.socket.destroy();
  await tried;
  pauses.slice(0, 8).forEach((pause, index) => {
    const most = Math.min(100, 10 * 2 ** (index + 1));
    assert(pause >= 10 && pause <= most, `${pause} is not in 10–${most}`);
  });
  assert(Math.max(...pauses) > 20);
  assertEquals(new Set(pauses).size, pauses.length);
});

/** Waits until a client has been connected, or has tried, so many times. */
async function untilEvent(
  client: Client,
  event: "connect" | "reconnect",
  count = 1,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = () => --count === 0 && resolve();
  client.on(event, listener);
  await within(event, promise, 30_000);
  client.off(event, listener);
}

Deno.test("connect() begins with a short pause again once a connection has lasted", async () => {
  let refusals = 0;
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    if (refusals === 0) return undefined;
    refusals--;
    socket.destroy();
    return "answered";
  });
  await using client = await connect(broker.url, {
    // A connection has lasted after as long as the longest pause.
    retryDelay: [0.001, 0.5],
    log: silent,
  });
  const pauses = pausesOf(client);
  refusals = 6;
  await comeBack(broker, client);
  await pause(1000);
  await comeBack(broker, client);
  assert(pauses.at(-1)! <= 2, `the last pause was ${pauses.at(-1)} ms`);
});

test.scripted("connect() pauses longer and longer where each connection is cut at once", async (broker) => {
  const options: ConnectOptions = { retryDelay: [0.005, 5], log: silent };
  await using client = await connect(broker.url, options);
  const pauses = pausesOf(client);
  client.on("connect", () => broker.connections.at(-1)!.socket.end());
  const tried = untilEvent(client, "reconnect", 9);
  broker.connections[0]!.socket.end();
  await tried;
  assert(Math.max(...pauses) > 40, `the pauses were ${pauses}`);
});

for (const how of ["end", "resetAndDestroy"] as const) {
  Deno.test(`connect() says once what it may be if a broker ends connections again and again with ${how}()`, async () => {
    const { lines, log } = logged();
    await using broker = await startScriptedBroker();
    const options: ConnectOptions = {
      clientId: "recorder\x1b",
      retryDelay: [0.001, 10],
      log,
    };
    await using client = await connect(broker.url, options);
    const hints = () => lines.filter((line) => line.includes("within seconds"));
    const cut = () => broker.connections.at(-1)!.socket[how]();
    client.on("connect", cut);
    const back = untilEvent(client, "connect", 2);
    cut();
    await back;
    assertEquals(hints(), []);
    await untilEvent(client, "connect", 4);
    const { host } = new URL(broker.url);
    assertEquals(hints(), [
      `Connection to ${host} was lost 3 times within seconds: another client may have the same id ("recorder\\x1b"), or the broker may refuse a topic or a message of this one`,
    ]);
  });
}

Deno.test("connect() knows why it connects again when it is told to, and when the broker says why", async () => {
  const { lines, log } = logged();
  await using broker = await startScriptedBroker();
  const options: ConnectOptions = {
    protocolVersion: 5,
    retryDelay: [0.001, 10],
    log,
  };
  await using client = await connect(broker.url, options);
  for (let count = 1; count <= 8; count++) {
    const again = untilEvent(client, "connect");
    if (count % 2) client.reconnect();
    else endWith(broker.connections.at(-1)!, 139);
    await again;
  }
  assertEquals(lines.filter((line) => line.includes("within seconds")), []);
});

Deno.test("connect() tries again, and says so, if a broker that was there is unavailable", async () => {
  await using broker = await startScriptedBroker(({ cmd }) => {
    if (cmd !== "connect") return;
    const count = broker.connections.length;
    return connack(count > 1 && count < 4 ? 3 : 0);
  });
  const { lines, log } = logged();
  await using client = await connect(broker.url, { retryDelay: QUICK, log });
  await comeBack(broker, client);
  assertEquals(broker.connections.length, 4);
  const refused = lines.filter((line) =>
    line.endsWith("server unavailable (code 3); trying again")
  );
  assertEquals(refused.length, 2);
});

for (const code of [136, 137, 151, 159]) {
  Deno.test(`connect() tries again after MQTT 5's code ${code}`, async () => {
    await using broker = await startScriptedBroker((packet, { socket }) => {
      if (packet.cmd !== "connect") return;
      const reason = broker.connections.length === 2 ? code : 0;
      socket.write(Uint8Array.of(0x20, 3, 0, reason, 0));
      return "answered";
    });
    const options = { ...QUIET, protocolVersion: 5 } as const;
    await using client = await connect(broker.url, options);
    await comeBack(broker, client);
    assertEquals(broker.connections.length, 3);
  });
}

Deno.test("connect() does not try again after a refusal that stays", async () => {
  await using broker = await startRefusingLater();
  await using client = await connect(broker.url, QUIET);
  await lose(broker, client);
  const closed = until(client, "close");
  await within("the refusal", client.refused.catch(() => {}));
  await closed;
  // MQTT.js starts its timer, if it does, before `close` has been told to all.
  const { reconnectTimer } = client as unknown as { reconnectTimer: unknown };
  assertEquals(reconnectTimer, null);
});

Deno.test("connect() gives up a connection that the broker refuses to take back", async () => {
  const { lines, log } = logged();
  await using broker = await startRefusingLater(["publish"]);
  await using client = await connect(broker.url, { retryDelay: QUICK, log });
  const publishing = client.publishAsync("iot/x", "1", { qos: 1 });
  broker.connections[0]!.socket.destroy();
  await rejection(publishing, ConnectionRefusedError, "not authorized");
  assertStringIncludes(lines.at(-1)!, "not authorized");
  const later = [
    client.publishAsync("iot/x", "2"),
    client.subscribeAsync("iot/x"),
    client.unsubscribeAsync("iot/x"),
  ];
  for (const asked of later) await rejection(asked, ConnectionRefusedError);
});

for (const isWatched of [true, false]) {
  const who = isWatched ? "leaves to whoever waits for it" : "tells itself";
  Deno.test(`connect() ${who} that the broker refuses it later`, async () => {
    await using broker = await startRefusingLater();
    const { lines, log } = logged();
    await using client = await connect(broker.url, { retryDelay: QUICK, log });
    const waiting = isWatched ? client.refused.catch(() => {}) : undefined;
    const refused = until(client, "error");
    broker.connections[0]!.socket.destroy();
    await refused;
    await waiting;
    const told = lines.filter((line) =>
      line.includes("refused the connection")
    );
    assertEquals(told.length, isWatched ? 0 : 1);
  });
}

Deno.test("connect() says of each connection whether it resumes a session", async () => {
  await using broker = await startKeeping(true);
  await using client = await connect(broker.url, KEPT);
  assertEquals(client.sessionPresent, false);
  await comeBack(broker, client);
  assertEquals(client.sessionPresent, true);
});
