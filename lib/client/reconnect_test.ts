import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { connect } from "../connect.ts";
import { ConnectionRefusedError } from "../errors.ts";
import { within } from "../testing/deadline.ts";
import { startScriptedBroker } from "../testing/scripted_broker.ts";
import {
  KEPT,
  QUICK,
  reconnect,
  silent,
  startKeeping,
} from "../testing/scripts.ts";

Deno.test("connect() connects again after the connection broke, and says so once each way", async () => {
  const lines: string[] = [];
  await using broker = await startScriptedBroker();
  await using client = await connect(broker.url, {
    retryDelay: QUICK,
    log: (line) => lines.push(line),
  });
  const again = new Promise((resolve) => client.once("connect", resolve));
  broker.connections[0]!.socket.destroy();
  await within("the reconnection", again);
  assertEquals(lines.length, 2);
  assertStringIncludes(lines[0]!, "lost");
  assertStringIncludes(lines[1]!, "again");
});

Deno.test("connect() pauses longer after each failure, with chance in it", async () => {
  let isAlive = true;
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    if (isAlive) return undefined;
    socket.destroy();
    return "answered";
  });
  await using client = await connect(broker.url, {
    retryDelay: [0.01, 0.1],
    log: silent,
  });
  const pauses: number[] = [];
  const enough = Promise.withResolvers<void>();
  client.on("reconnect", () => {
    pauses.push(client.options.reconnectPeriod!);
    if (pauses.length === 8) enough.resolve();
  });
  isAlive = false;
  broker.connections[0]!.socket.destroy();
  await within("eight attempts", enough.promise);
  pauses.slice(0, 8).forEach((pause, index) => {
    const most = Math.min(100, 10 * 2 ** (index + 1));
    assert(pause >= 10 && pause <= most, `${pause} is not in 10–${most}`);
  });
  assert(Math.max(...pauses) > 20);
  assertEquals(new Set(pauses).size, pauses.length);
});

Deno.test("connect() begins with a short pause again once it was connected", async () => {
  let refusals = 0;
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    if (refusals === 0) return;
    refusals--;
    socket.destroy();
    return "answered";
  });
  await using client = await connect(broker.url, {
    retryDelay: [0.001, 10],
    log: () => {},
  });
  const pauses: number[] = [];
  client.on("reconnect", () => pauses.push(client.options.reconnectPeriod!));
  for (const count of [6, 0]) {
    refusals = count;
    const again = new Promise((resolve) => client.once("connect", resolve));
    broker.connections.at(-1)!.socket.destroy();
    await within("the reconnection", again);
  }
  assert(pauses.at(-1)! <= 2, `the last pause was ${pauses.at(-1)} ms`);
});

Deno.test("connect() tries again, and says so, if a broker that was there is unavailable", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "connect") return;
    const count = broker.connections.length;
    const returnCode = count > 1 && count < 4 ? 3 : 0;
    send({ cmd: "connack", returnCode, sessionPresent: false });
    return "answered";
  });
  const lines: string[] = [];
  await using client = await connect(broker.url, {
    retryDelay: QUICK,
    log: (line) => lines.push(line),
  });
  const again = new Promise((resolve) => client.once("connect", resolve));
  broker.connections[0]!.socket.destroy();
  await within("the reconnection", again);
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
    await using client = await connect(broker.url, {
      protocolVersion: 5,
      retryDelay: QUICK,
      log: () => {},
    });
    const again = new Promise((resolve) => client.once("connect", resolve));
    broker.connections[0]!.socket.destroy();
    await within("the reconnection", again);
    assertEquals(broker.connections.length, 3);
  });
}

Deno.test("connect() does not try again after a refusal that stays", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "connect" || broker.connections.length < 2) return;
    send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    return "answered";
  });
  await using client = await connect(broker.url, {
    retryDelay: QUICK,
    log: () => {},
  });
  const lost = new Promise<void>((resolve) =>
    broker.connections[0]!.socket.once("close", () => resolve())
  );
  broker.connections[0]!.socket.destroy();
  await within("the loss", lost);
  await within("the refusal", client.refused.catch(() => {}));
  await new Promise<void>((resolve) => client.once("close", resolve));
  // MQTT.js starts its timer, if it does, before `close` has been told to all.
  const { reconnectTimer } = client as unknown as { reconnectTimer: unknown };
  assertEquals(reconnectTimer, null);
});

Deno.test("connect() gives up a connection that the broker refuses to take back", async () => {
  const lines: string[] = [];
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd === "publish") return "answered";
    if (packet.cmd !== "connect" || broker.connections.length < 2) return;
    send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    return "answered";
  });
  await using client = await connect(broker.url, {
    retryDelay: QUICK,
    log: (line) => lines.push(line),
  });
  const publishing = client.publishAsync("iot/x", "1", { qos: 1 });
  broker.connections[0]!.socket.destroy();
  await assertRejects(
    () => within("the refusal", publishing),
    ConnectionRefusedError,
    "not authorized",
  );
  assertStringIncludes(lines.at(-1)!, "not authorized");
});

for (const isWatched of [true, false]) {
  const who = isWatched ? "leaves to whoever waits for it" : "tells itself";
  Deno.test(`connect() ${who} that the broker refuses it later`, async () => {
    await using broker = await startScriptedBroker((packet, { send }) => {
      if (packet.cmd !== "connect" || broker.connections.length < 2) return;
      send({ cmd: "connack", returnCode: 5, sessionPresent: false });
      return "answered";
    });
    const lines: string[] = [];
    await using client = await connect(broker.url, {
      retryDelay: QUICK,
      log: (line) => lines.push(line),
    });
    const waiting = isWatched ? client.refused.catch(() => {}) : undefined;
    const refused = new Promise<void>((resolve) =>
      client.once("error", () => resolve())
    );
    broker.connections[0]!.socket.destroy();
    await within("the refusal", refused);
    await waiting;
    assertEquals(
      lines.filter((line) => line.includes("refused the connection")).length,
      isWatched ? 0 : 1,
    );
  });
}

Deno.test("connect() says of each connection whether it resumes a session", async () => {
  await using broker = await startKeeping(true);
  await using client = await connect(broker.url, KEPT);
  assertEquals(client.sessionPresent, false);
  const again = new Promise((resolve) => client.once("connect", resolve));
  await reconnect(broker);
  await within("the reconnection", again);
  assertEquals(client.sessionPresent, true);
});
