import { assert, assertEquals } from "@std/assert";
import mqtt, { type Packet } from "mqtt";
import process from "node:process";
import { connect } from "./connect.ts";
import type { Message } from "./message.ts";
import { Publisher } from "./publisher.ts";
import { subscribe } from "./subscribe.ts";
import { within } from "./testing/deadline.ts";
import {
  type ScriptedBroker,
  type ScriptedConnection,
  startScriptedBroker,
} from "./testing/scripted_broker.ts";

const QUICK: [number, number] = [0.02, 0.1];
const KEPT = {
  clientId: "recorder",
  clean: false,
  retryDelay: QUICK,
  log: () => {},
} as const;

type SendPacket = (
  packet: Packet,
  done?: () => void,
  ...rest: unknown[]
) => void;

/** Sends a message on a broker's newest connection. */
function deliver(
  broker: ScriptedBroker,
  message: { qos: 0 | 1 | 2; id?: number; text?: string; dup?: boolean },
): void {
  const { qos, id = 0, text = `${id}`, dup = false } = message;
  broker.connections.at(-1)!.send({
    cmd: "publish",
    topic: "iot/x",
    payload: text,
    qos,
    messageId: id,
    retain: false,
    dup,
  });
}

/** Cuts the connection, and waits until the client has the next one. */
async function reconnect(broker: ScriptedBroker): Promise<void> {
  const count = broker.connections.length;
  broker.connections.at(-1)!.socket.destroy();
  await within("CONNECT", broker.received("connect", count + 1));
}

/** A broker whose connections after the first resume the session, or don't. */
function startKeeping(
  sessionPresent: boolean,
  silentOn: Packet["cmd"][] = [],
): Promise<ScriptedBroker> {
  let connections = 0;
  return startScriptedBroker((packet, { send }) => {
    if (silentOn.includes(packet.cmd)) return "answered";
    if (packet.cmd !== "connect") return;
    const isLater = connections++ > 0;
    send({
      cmd: "connack",
      returnCode: 0,
      sessionPresent: isLater && sessionPresent,
    });
    return "answered";
  });
}

Deno.test("holdAcknowledgements() finds in MQTT.js the private method that it replaces", async () => {
  await using broker = await startScriptedBroker();
  const client = mqtt.connect(broker.url, { reconnectPeriod: 0 });
  try {
    const internals = client as unknown as { _sendPacket: SendPacket };
    const inherited = mqtt.MqttClient.prototype as unknown as {
      _sendPacket?: unknown;
    };
    assertEquals(typeof inherited._sendPacket, "function");
    const send = internals._sendPacket.bind(client);
    const held: Packet[] = [];
    internals._sendPacket = (packet, done, ...rest) => {
      if (packet.cmd !== "puback" && packet.cmd !== "pubrec") {
        return send(packet, done, ...rest);
      }
      held.push(packet);
      // MQTT.js reads on only once this is called.
      assertEquals(typeof done, "function");
      done?.();
    };
    await within(
      "the connection",
      new Promise((resolve) => client.once("connect", resolve)),
    );
    deliver(broker, { qos: 1, id: 7 });
    deliver(broker, { qos: 2, id: 8 });
    // A ping's answer comes after both, so both were read by then.
    const answered = new Promise<void>((resolve) =>
      client.on("packetreceive", ({ cmd }) => cmd === "pingresp" && resolve())
    );
    client.sendPing();
    await within("the answer", answered);
    assertEquals(
      held.map(({ cmd, messageId }) => [cmd, messageId]),
      [["puback", 7], ["pubrec", 8]],
    );
    const commands = () => broker.packets.map(({ cmd }) => cmd);
    assertEquals(commands(), ["connect", "pingreq"]);
    for (const packet of held) send(packet);
    await within("PUBREC", broker.received("pubrec"));
    assertEquals(commands().slice(2), ["puback", "pubrec"]);
  } finally {
    await within("the end", client.endAsync(true));
  }
});

Deno.test("subscribe() hands a QoS 2 message over again after its handler failed", async () => {
  await using broker = await startKeeping(true);
  const again = Promise.withResolvers<void>();
  let attempts = 0;
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    () => {
      if (++attempts === 1) throw new Error("disk full");
      again.resolve();
    },
    false,
    { ...KEPT, qos: 2, onError: () => failed.resolve() },
  );
  const failed = Promise.withResolvers<void>();
  deliver(broker, { qos: 2, id: 5 });
  await within("the failure", failed.promise);
  await reconnect(broker);
  deliver(broker, { qos: 2, id: 5, dup: true });
  await within("the second attempt", again.promise);
  await within("PUBREC", broker.received("pubrec"));
});

Deno.test("subscribe() takes an id of QoS 2 for a new message when the session was lost", async () => {
  await using broker = await startKeeping(false, ["pubrec"]);
  const texts: string[] = [];
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    ({ text }) => texts.push(text),
    false,
    { ...KEPT, qos: 2 },
  );
  deliver(broker, { qos: 2, id: 5, text: "old" });
  await within("PUBREC", broker.received("pubrec", 1));
  await reconnect(broker);
  await within("SUBSCRIBE", broker.received("subscribe", 2));
  deliver(broker, { qos: 2, id: 5, text: "new" });
  await within("PUBREC", broker.received("pubrec", 2));
  assertEquals(texts, ["old", "new"]);
});

/** Blocks the handler, sends messages, and says how many were read by then. */
async function readWhileBusy(
  count: number,
  message: { qos: 0 | 1; text: string },
): Promise<number> {
  await using broker = await startScriptedBroker();
  const release = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  let handled = 0;
  await using subscription = await subscribe(
    broker.url,
    "iot/#",
    async () => {
      await release.promise;
      if (++handled === count) all.resolve();
    },
    false,
    { keepalive: 1, qos: message.qos, log: () => {} },
  );
  let read = 0;
  subscription.client.on("packetreceive", ({ cmd }) => {
    if (cmd === "publish") read++;
  });
  for (let id = 1; id <= count; id++) deliver(broker, { ...message, id });
  // Sent every half keepalive, so by then there was time to read everything.
  await within("pings", broker.received("pingreq", 3));
  const readSoFar = read;
  release.resolve();
  await within("all messages", all.promise);
  return readSoFar;
}

for (const qos of [0, 1] as const) {
  Deno.test(`subscribe() lets a thousand messages of QoS ${qos} wait, and no more`, async () => {
    const read = await readWhileBusy(3000, { qos, text: "x" });
    assert(read > 900 && read < 1100, `${read} were read`);
  });

  Deno.test(`subscribe() lets 16 MB of QoS ${qos} wait, and no more`, async () => {
    const read = await readWhileBusy(400, { qos, text: "x".repeat(100_000) });
    assert(read > 150 && read < 200, `${read} were read`);
  });
}

Deno.test("subscribe() reads on for a handler that awaits its own publish behind a full queue", async () => {
  await using broker = await startScriptedBroker();
  const count = 3000;
  const all = Promise.withResolvers<void>();
  let handled = 0;
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    async (_message: Message, client) => {
      if (handled === 0) {
        await broker.received("pingreq", 2);
        await client.publishAsync("iot/out", "1", { qos: 1 });
      }
      if (++handled === count) all.resolve();
    },
    false,
    { keepalive: 1, log: () => {} },
  );
  for (let id = 0; id < count; id++) deliver(broker, { qos: 0, text: "x" });
  await within("all messages", all.promise);
});

Deno.test("close() finishes the message in hand, and takes no other", async () => {
  await using broker = await startScriptedBroker();
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const texts: string[] = [];
  const subscription = await subscribe(
    broker.url,
    "iot/#",
    ({ text }) => {
      texts.push(text);
      started.resolve();
      return release.promise;
    },
    false,
    { qos: 1 },
  );
  deliver(broker, { qos: 1, id: 1 });
  await within("the handler", started.promise);
  const closing = subscription.close();
  const second = new Promise<void>((resolve) =>
    subscription.client.on("packetreceive", ({ cmd }) => {
      if (cmd === "publish") resolve();
    })
  );
  deliver(broker, { qos: 1, id: 2 });
  await within("the second message", second);
  release.resolve();
  await within("close()", closing);
  await within("DISCONNECT", broker.received("disconnect"));
  assertEquals(texts, ["1"]);
  assertEquals(
    broker.packets.slice(2).map(({ cmd, messageId }) => [cmd, messageId ?? 0]),
    [["puback", 1], ["disconnect", 0]],
  );
});

Deno.test("close() gives up a handler that never ends, and says so", async () => {
  await using broker = await startScriptedBroker();
  const lines: string[] = [];
  const started = Promise.withResolvers<void>();
  const subscription = await subscribe(
    broker.url,
    "iot/#",
    () => {
      started.resolve();
      return new Promise(() => {});
    },
    false,
    { log: (line) => lines.push(line) },
  );
  deliver(broker, { qos: 0 });
  await within("the handler", started.promise);
  await within("close()", subscription.close(), 8000);
  assertEquals(lines, ["1 messages were not handled in time"]);
});

Deno.test("subscribe() asks again after a reconnect only if the session is new", async () => {
  for (const sessionPresent of [true, false]) {
    await using broker = await startKeeping(sessionPresent);
    const granted: string[][] = [];
    const wanted = sessionPresent ? 1 : 2;
    const grants = Promise.withResolvers<void>();
    await using subscription = await subscribe(
      broker.url,
      ["a", "b"],
      () => {},
      false,
      {
        ...KEPT,
        qos: 1,
        onSubscribe: (filters) => {
          if (granted.push(filters) === wanted) grants.resolve();
        },
      },
    );
    const again = new Promise((resolve) =>
      subscription.client.once("connect", resolve)
    );
    await reconnect(broker);
    await within("the reconnection", again);
    await within("the grants", grants.promise);
    await subscription.client.publishAsync("fence", "", { qos: 1 });
    const asked = broker.packets.filter(({ cmd }) => cmd === "subscribe");
    assertEquals(asked.length, 2 * wanted);
    assertEquals(granted, Array(wanted).fill(["a", "b"]));
  }
});

Deno.test("subscribe() reports a topic that is refused only after a reconnect", async () => {
  await using broker = await startScriptedBroker(
    (packet, { send }: ScriptedConnection) => {
      if (packet.cmd !== "subscribe" || broker.connections.length < 2) return;
      send({ cmd: "suback", granted: [128], messageId: packet.messageId! });
      return "answered";
    },
  );
  const reported = Promise.withResolvers<void>();
  await using _subscription = await subscribe(
    broker.url,
    "a",
    () => {},
    false,
    {
      retryDelay: QUICK,
      log: (line) => {
        if (line === 'Broker refused the topic filter "a"') reported.resolve();
      },
    },
  );
  await reconnect(broker);
  await within("the report", reported.promise);
});

Deno.test("subscribe() logs a refused topic and goes on with the others", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "subscribe") return;
    const isSecret = packet.subscriptions[0]!.topic === "secret";
    send({
      cmd: "suback",
      granted: [isSecret ? 128 : 0],
      messageId: packet.messageId!,
    });
    return "answered";
  });
  const controller = new AbortController();
  const lines: string[] = [];
  await within(
    "the end",
    subscribe(broker.url, ["secret", "a"], () => {}, true, {
      signal: controller.signal,
      log: (line) => {
        lines.push(line);
        controller.abort();
      },
    }),
  );
  assertEquals(lines, ['Broker refused the topic filter "secret"']);
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

for (const code of [136, 137]) {
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

Deno.test("close() ends in time although the peer never closes its side", async () => {
  await using broker = await startScriptedBroker((packet, { send, socket }) => {
    if (packet.cmd !== "connect") return;
    send({ cmd: "connack", returnCode: 0, sessionPresent: false });
    socket.pause();
    return "answered";
  });
  const client = await connect(broker.url);
  await within("close()", client.close({ timeout: 0.2 }), 2000);
});

Deno.test("close() waits no longer once the connection is lost", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" ? "answered" : undefined
  );
  const client = await connect(broker.url, { log: () => {} });
  const outcome = Promise.allSettled([
    client.publishAsync("iot/x", "1", { qos: 1 }),
  ]);
  await within("PUBLISH", broker.received("publish"));
  const closing = client.close({ timeout: 60 });
  broker.connections[0]!.socket.destroy();
  await within("close()", closing, 2000);
  assertEquals((await outcome)[0].status, "rejected");
});

Deno.test("publishAsync() waits at QoS 0 for a peer that doesn't read, and loses nothing", async () => {
  await using broker = await startScriptedBroker();
  await using client = await connect(broker.url);
  const [{ socket }] = broker.connections as [ScriptedConnection];
  socket.pause();
  const payload = "x".repeat(100_000);
  const sent = Array.from(
    { length: 300 },
    () => client.publishAsync("iot/x", payload),
  );
  const { writableLength } = client.stream;
  assert(writableLength < 2_000_000, `${writableLength} bytes are buffered`);
  socket.resume();
  await within("all", Promise.all(sent));
  await within("all at the broker", broker.received("publish", 300));
});

Deno.test("publishAsync() sends all that waited at QoS 0 when the broker is back", async () => {
  await using broker = await startScriptedBroker();
  await using client = await connect(broker.url, {
    retryDelay: QUICK,
    log: () => {},
  });
  const lost = new Promise<void>((resolve) => client.once("close", resolve));
  broker.connections[0]!.socket.destroy();
  await within("the loss", lost);
  const sent = [1, 2, 3].map((value) => client.publishAsync("a", `${value}`));
  await within("all", Promise.all(sent));
  await within("all at the broker", broker.received("publish", 3));
});

Deno.test("connect() keeps the id of a SUBSCRIBE that waits for the connection", async () => {
  await using broker = await startScriptedBroker();
  await using client = await connect(broker.url, {
    retryDelay: QUICK,
    log: () => {},
  });
  const lost = new Promise<void>((resolve) => client.once("close", resolve));
  broker.connections[0]!.socket.destroy();
  await within("the loss", lost);
  const asked: Promise<unknown>[] = [client.subscribeAsync("waiting")];
  // Between CONNACK and the `connect` event, MQTT.js takes packets already.
  const inTheGap = Promise.withResolvers<void>();
  client.on("packetreceive", ({ cmd }) => {
    if (cmd !== "connack") return;
    process.nextTick(() => {
      assert(client.connected);
      asked.push(client.subscribeAsync("in the gap"));
      inTheGap.resolve();
    });
  });
  await within("the gap", inTheGap.promise);
  await within("both", Promise.all(asked));
  const ids = broker.packets.flatMap((packet) =>
    packet.cmd === "subscribe" ? [packet.messageId] : []
  );
  assertEquals(ids.length, 2);
  assertEquals(new Set(ids).size, 2);
});

Deno.test("Publisher tells the first ten failures, and counts the rest", async () => {
  await using broker = await startScriptedBroker();
  const publisher = await Publisher.connect(broker.url);
  await publisher.close();
  for (let index = 0; index < 15; index++) publisher.publish("a", index);
  const error = await publisher.flush().catch((error) => error);
  assertEquals(error.errors.length, 10);
  assert(error.message.startsWith("15 messages were not published"));
});
