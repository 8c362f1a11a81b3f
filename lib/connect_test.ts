import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { startBroker } from "./broker.ts";
import { connect } from "./connect.ts";
import { BrokerUnreachableError, ConnectionRefusedError } from "./errors.ts";
import { messages } from "./messages.ts";
import { CA, LOCALHOST } from "./testing/certificates.ts";
import { within } from "./testing/deadline.ts";
import { startMosquitto } from "./testing/mosquitto.ts";
import { peerTest } from "./testing/peers.ts";
import { startScriptedBroker } from "./testing/scripted_broker.ts";

const QUICK: [number, number] = [0.02, 0.1];
const silent = () => {};

/** A port that nothing listens on, as far as one can know. */
async function freePort(): Promise<number> {
  await using broker = await startBroker({ port: 0 });
  return broker.port;
}

Deno.test("connect() sends what the options say, and DISCONNECT at the end", async () => {
  await using broker = await startScriptedBroker();
  const client = await connect(broker.url, {
    clientId: "gate",
    clean: false,
    keepalive: 7,
    username: "info",
    password: "Password1234",
    will: { topic: "gate/status", payload: "lost", qos: 1, retain: true },
  });
  await client.close();
  const [hello, goodbye] = broker.packets;
  assert(hello?.cmd === "connect");
  const { clientId, clean, keepalive, username, password, will } = hello;
  assertEquals([clientId, clean, keepalive], ["gate", false, 7]);
  assertEquals([username, String(password)], ["info", "Password1234"]);
  assertEquals(
    [will?.topic, String(will?.payload), will?.qos, will?.retain],
    ["gate/status", "lost", 1, true],
  );
  assertEquals(goodbye?.cmd, "disconnect");
});

Deno.test("connect() takes user and password from the URL", async () => {
  await using broker = await startScriptedBroker();
  const url = broker.url.replace("//", "//info:p%40ss@");
  await using _client = await connect(url);
  const [hello] = broker.packets;
  assert(hello?.cmd === "connect");
  assertEquals([hello.username, String(hello.password)], ["info", "p@ss"]);
});

Deno.test("connect() waits for a broker that starts later", async () => {
  const port = await freePort();
  const lines: string[] = [];
  const connecting = connect(`127.0.0.1:${port}`, {
    retryDelay: QUICK,
    log: (line) => {
      lines.push(line);
      failed.resolve();
    },
  });
  const failed = Promise.withResolvers<void>();
  await within("the first attempt to fail", failed.promise);
  await using _broker = await startBroker({ port });
  await using client = await within("the connection", connecting);
  assert(client.connected);
  assertEquals(lines.length, 2);
  assertStringIncludes(lines[0]!, `127.0.0.1:${port} can't be reached`);
  assertEquals(lines[1], `Connected to 127.0.0.1:${port}`);
});

Deno.test("connect() gives up after its timeout, naming address and cause", async () => {
  const port = await freePort();
  const error = await assertRejects(
    () => connect(`127.0.0.1:${port}`, { timeout: 0.2, log: silent }),
    BrokerUnreachableError,
    `Broker at 127.0.0.1:${port} can't be reached: connection refused`,
  );
  assertInstanceOf(error.cause, Error);
});

Deno.test("connect() says of a broker that never answers that it is silent", async () => {
  await using broker = await startScriptedBroker(() => "answered");
  await assertRejects(
    () => connect(broker.url, { timeout: 0.2, log: silent }),
    BrokerUnreachableError,
    "it accepts, but does not answer",
  );
});

Deno.test("connect() says of a broker that hangs up that it did", async () => {
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    socket.end();
    return "answered";
  });
  await assertRejects(
    () => within("the end", connect(broker.url, { retry: false })),
    BrokerUnreachableError,
    "can't be reached: the broker closed the connection",
  );
});

Deno.test("connect() stops trying when its signal aborts", async () => {
  const port = await freePort();
  const controller = new AbortController();
  const connecting = connect(`127.0.0.1:${port}`, {
    signal: controller.signal,
    log: () => controller.abort(),
  });
  await assertRejects(() => within("the abort", connecting), DOMException);
});

for (const code of [1, 2, 3, 4, 5]) {
  Deno.test(`connect() rejects at once if the broker refuses with code ${code}`, async () => {
    await using broker = await startScriptedBroker((packet, { send }) => {
      if (packet.cmd !== "connect") return;
      send({ cmd: "connack", returnCode: code, sessionPresent: false });
      return "answered";
    });
    const error = await assertRejects(
      () => within("the refusal", connect(broker.url, { retryDelay: QUICK })),
      ConnectionRefusedError,
      `refused the connection: `,
    );
    assertEquals(error.code, code);
    assertStringIncludes(error.message, `${error.reason} (code ${code})`);
    assertEquals(broker.connections.length, 1);
  });
}

peerTest(
  ["mosquitto"],
  "connect() gives the reason code of MQTT 5",
  async () => {
    await using mosquitto = await startMosquitto({
      config: ({ directory }) => {
        Deno.writeTextFileSync(`${directory}/users`, "");
        return `password_file ${directory}/users\nallow_anonymous false\n`;
      },
    });
    const error = await assertRejects(
      () => connect(mosquitto.url, { protocolVersion: 5, username: "x" }),
      ConnectionRefusedError,
      "not authorized (code 135)",
    );
    assertEquals(error.code, 135);
  },
);

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

Deno.test("close() ends in time while offline, and settles what is pending", async () => {
  const port = await freePort();
  const broker = await startBroker({ port });
  const client = await connect(broker.url, { log: silent });
  const lost = new Promise<void>((resolve) => client.once("close", resolve));
  await broker.close();
  await within("the loss", lost);
  const pending = [
    client.publishAsync("iot/x", "0"),
    client.publishAsync("iot/x", "1", { qos: 1 }),
    client.publishAsync("iot/x", "2", { qos: 2 }),
    client.subscribeAsync("iot/#"),
    client.unsubscribeAsync("iot/#"),
  ];
  const settled = Promise.allSettled(pending);
  await within("close()", client.close(), 3000);
  const outcomes = await within("the promises", settled);
  assertEquals(outcomes.map(({ status }) => status), Array(5).fill("rejected"));
  await assertRejects(() => client.publishAsync("iot/x", "3"), Error, "closed");
});

Deno.test("close() ends in time although the broker acknowledges nothing", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" ? "answered" : undefined
  );
  const client = await connect(broker.url);
  const publishing = client.publishAsync("iot/x", "1", { qos: 1 });
  const outcome = Promise.allSettled([publishing]);
  await within("close()", client.close({ timeout: 0.1 }), 3000);
  assertEquals((await outcome)[0].status, "rejected");
  assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
});

Deno.test("close() lets what is in flight finish", async () => {
  await using broker = await startBroker({ port: 0 });
  const client = await connect(broker.url);
  const publishing = Promise.all(
    Array.from(
      { length: 100 },
      (_, index) => client.publishAsync("iot/x", `${index}`, { qos: 2 }),
    ),
  );
  await client.close();
  assertEquals((await publishing).length, 100);
});

Deno.test("connect() never gives a message id twice", async () => {
  let isDeaf = true;
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" && isDeaf ? "answered" : undefined
  );
  await using client = await connect(broker.url, {
    retryDelay: QUICK,
    log: silent,
    clientId: "a",
    clean: false,
  });
  const first = [1, 2, 3].map((value) =>
    client.publishAsync("iot/first", `${value}`, { qos: 1 })
  );
  await within("the publishes", broker.received("publish", 3));
  isDeaf = false;
  // In the gap before MQTT.js says that it is connected, ids must be safe too.
  const later: Promise<unknown>[] = [];
  client.on("packetreceive", ({ cmd }) => {
    if (cmd !== "connack") return;
    later.push(client.subscribeAsync("iot/later"));
    later.push(client.publishAsync("iot/later", "4", { qos: 1 }));
  });
  broker.connections[0]!.socket.destroy();
  await within("the first publishes", Promise.all(first));
  await within("the later packets", Promise.all(later));
  const sent = broker.packets.filter((packet) => packet.cmd === "publish");
  const ids = new Map<string, Set<unknown>>();
  for (const { payload, messageId } of sent) {
    const text = String(payload);
    ids.set(text, (ids.get(text) ?? new Set()).add(messageId));
  }
  assertEquals([...ids.keys()].sort(), ["1", "2", "3", "4"]);
  assertEquals([...ids.values()].map((set) => set.size), [1, 1, 1, 1]);
});

for (const topic of ["", "iot/#", "iot/+/temp", "a\0b", "x".repeat(65536)]) {
  const shown = JSON.stringify(topic.slice(0, 12));
  Deno.test(`publishAsync() refuses the topic ${shown}`, async () => {
    await using broker = await startBroker({ port: 0 });
    await using client = await connect(broker.url);
    await assertRejects(
      () => client.publishAsync(topic, "1", { qos: 1 }),
      TypeError,
      "Topic name",
    );
    assert(client.connected);
  });
}

Deno.test("connect() checks its options", async () => {
  await assertRejects(
    () => connect("x", { clean: false }),
    TypeError,
    "client",
  );
  await assertRejects(() => connect("x", { keepalive: -1 }), RangeError, "-1");
  await assertRejects(
    () => connect("x", { inflightWindow: 0 }),
    RangeError,
    "In-flight window is 0",
  );
  await assertRejects(
    () => connect("x", { will: { topic: "a/#", payload: "" } }),
    TypeError,
    '"a/#"',
  );
});

Deno.test("connect() speaks TLS and secure WebSocket with an authority of its own", async () => {
  await using broker = await startBroker({
    port: 0,
    tls: { ...LOCALHOST, port: 0, websocketPort: 0 },
  });
  for (const url of [broker.tlsUrl!, broker.secureWebsocketUrl!]) {
    await using client = await connect(url, { tls: { ca: CA }, timeout: 5 });
    await client.publishAsync("lamp", url, { retain: true, qos: 1 });
    for await (const { text } of messages(url, "lamp", { tls: { ca: CA } })) {
      assertEquals(text, url);
      break;
    }
  }
});

Deno.test("connect() speaks WebSocket, and carries 3 MB over it", async () => {
  await using broker = await startBroker({ port: 0, websocketPort: 0 });
  const url = broker.websocketUrl!;
  await using client = await connect(
    broker.url.replace(/\d+$/, String(new URL(url).port)),
    {
      transport: "websocket",
    },
  );
  const payload = "x".repeat(3_000_000);
  await client.publishAsync("big", payload, { qos: 1, retain: true });
  for await (const { text } of messages(url, "big", { qos: 1 })) {
    assertEquals(text.length, payload.length);
    break;
  }
});
