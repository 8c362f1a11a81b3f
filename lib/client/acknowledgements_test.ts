import { assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import mqtt from "mqtt";
import type { Packet } from "mqtt";
import { connect } from "../connect.ts";
import { publishMany } from "../publish_once.ts";
import { subscribe } from "../subscribe.ts";
import { within } from "../../testing/deadline.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import {
  collector,
  comeBack,
  deliver,
  holder,
  KEPT,
  listen,
  QUIET,
  reconnect,
  silent,
  startKeeping,
  startUnsure,
} from "../../testing/brokers/scripts.ts";
import { test, times } from "../../testing/test.ts";

type SendPacket = (
  packet: Packet,
  done?: () => void,
  ...rest: unknown[]
) => void;

test.scripted("holdAcknowledgements() finds in MQTT.js the private method that it replaces", async (broker) => {
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
    await broker.received("pubrec");
    assertEquals(commands().slice(2), ["puback", "pubrec"]);
  } finally {
    await within("the end", client.endAsync(true));
  }
});

/** The ids of the packets of a kind. */
function idsOf({ packets }: ScriptedBroker, command: Packet["cmd"]) {
  return packets.filter(({ cmd }) => cmd === command)
    .map(({ messageId }) => messageId);
}

for (const qos of [1, 2] as const) {
  const acknowledgement = qos === 1 ? "puback" : "pubrec";

  test.scripted(`subscribe() acknowledges after the handler at QoS ${qos}, in order`, async (broker) => {
    const { hold, called, release } = holder();
    await using _subscription = await listen(broker, hold, { qos });
    for (const id of [1, 2, 3]) deliver(broker, { qos, id });
    await called();
    // A round trip through the client's packet loop: it goes on reading.
    await using other = await connect(broker.url);
    await other.publishAsync("x", "1", { qos: 1 });
    assertEquals(idsOf(broker, acknowledgement), []);
    release();
    await broker.received(acknowledgement, 3);
    assertEquals(idsOf(broker, acknowledgement), [1, 2, 3]);
  });

  test.scripted(`subscribe() leaves a message unacknowledged at QoS ${qos} if its handler fails, at once or later`, async (broker) => {
    await using _subscription = await listen(broker, async ({ text }) => {
      if (text === "2") await pause(1);
      if (text !== "3") throw new Error("no");
    }, { qos, log: silent });
    for (const id of [1, 2, 3]) deliver(broker, { qos, id });
    await broker.received(acknowledgement);
    assertEquals(idsOf(broker, acknowledgement), [3]);
  });

  test.broker(`subscribe() lets a handler publish on its own client at QoS ${qos}`, async (broker) => {
    const { take, have } = collector();
    await using _subscription = await listen(
      broker,
      async (message, client) => {
        if (message.topic === "in") {
          await client.publishAsync("out", message.text, { qos });
        }
        take(message);
      },
      { topics: ["in", "out"], qos },
    );
    const messages = times(50, (payload) => ({ topic: "in", payload, qos }));
    await publishMany(broker.url, messages);
    await have(100);
  });

  test.scripted(`subscribe() drops acknowledgements of a lost connection at QoS ${qos}`, async (broker) => {
    const { hold, called, release } = holder();
    await using subscription = await listen(broker, hold, { qos, ...QUIET });
    deliver(broker, { qos, id: 7 });
    await called();
    await comeBack(broker, subscription.client);
    release();
    await subscription.client.publishAsync("fence", "", { qos: 1 });
    assertEquals(idsOf(broker, acknowledgement), []);
  });
}

test.scripted("subscribe() acknowledges nothing on a connection that didn't bring it", async (broker) => {
  const { hold, release } = holder();
  await using subscription = await listen(broker, hold, {
    ...{ ...KEPT, qos: 1, clean: true, keepalive: 1 },
  });
  for (let id = 1; id <= 3000; id++) deliver(broker, { qos: 1, id });
  await broker.received("pingreq", 2);
  broker.connections[0]!.socket.destroy();
  await broker.received("subscribe", 2);
  release();
  await subscription.client.publishAsync("fence", "", { qos: 1 });
  await subscription.close();
  assertEquals(broker.all("puback"), []);
});

Deno.test("subscribe() acknowledges what it handled before the broker answered SUBSCRIBE", async () => {
  await using broker = await startScriptedBroker(({ cmd }) => {
    if (cmd !== "subscribe") return;
    deliver(broker, { qos: 1, id: 1 });
    return "answered";
  });
  const controller = new AbortController();
  await subscribe(
    broker.url,
    "iot/#",
    async () => {
      controller.abort();
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
    true,
    { ...KEPT, qos: 1, signal: controller.signal },
  );
  await broker.received("disconnect");
  assertEquals(broker.all("puback").length, 1);
});

Deno.test("subscribe() hands a QoS 2 message over once, however often it is sent", async () => {
  await using broker = await startKeeping(true, ["pubrec"]);
  const { take, texts } = collector();
  await using _subscription = await listen(broker, take, { ...KEPT, qos: 2 });
  deliver(broker, { qos: 2, id: 5 });
  await broker.received("pubrec", 1);
  deliver(broker, { qos: 2, id: 5, dup: true });
  await broker.received("pubrec", 2);
  await reconnect(broker);
  deliver(broker, { qos: 2, id: 5, dup: true });
  await broker.received("pubrec", 3);
  broker.connections[1]!.send({ cmd: "pubrel", messageId: 5 });
  await broker.received("pubcomp");
  deliver(broker, { qos: 2, id: 5, text: "another" });
  await broker.received("pubrec", 4);
  assertEquals(texts, ["iot/x 5", "iot/x another"]);
});

Deno.test("subscribe() hands a QoS 2 message over again after its handler failed", async () => {
  await using broker = await startKeeping(true);
  const again = Promise.withResolvers<void>();
  let attempts = 0;
  await using _subscription = await listen(broker, () => {
    if (++attempts === 1) throw new Error("disk full");
    again.resolve();
  }, { ...KEPT, qos: 2, onError: () => failed.resolve() });
  const failed = Promise.withResolvers<void>();
  deliver(broker, { qos: 2, id: 5 });
  await within("the failure", failed.promise);
  await reconnect(broker);
  deliver(broker, { qos: 2, id: 5, dup: true });
  await within("the second attempt", again.promise);
  await broker.received("pubrec");
});

Deno.test("subscribe() takes an id of QoS 2 for a new message when the session was lost", async () => {
  await using broker = await startKeeping(false, ["pubrec"]);
  const { take, texts } = collector();
  await using _subscription = await listen(broker, take, { ...KEPT, qos: 2 });
  deliver(broker, { qos: 2, id: 5, text: "old" });
  await broker.received("pubrec", 1);
  await reconnect(broker);
  await broker.received("subscribe", 2);
  deliver(broker, { qos: 2, id: 5, text: "new" });
  await broker.received("pubrec", 2);
  assertEquals(texts, ["iot/x old", "iot/x new"]);
});

for (const dup of [true, false]) {
  const what = dup ? "an old message" : "a new one";
  Deno.test(`subscribe() takes an id of QoS 2 for ${what} by its DUP, if the session may be one that knows nothing`, async () => {
    await using broker = await startUnsure(({ cmd }) =>
      cmd === "pubrec" ? "answered" : undefined
    );
    const { take, texts } = collector();
    await using _subscription = await listen(broker, take, { ...KEPT, qos: 2 });
    deliver(broker, { qos: 2, id: 5, text: "first" });
    await broker.received("pubrec", 1);
    broker.connections[0]!.socket.destroy();
    await broker.received("subscribe", 2);
    deliver(broker, { qos: 2, id: 5, text: "second", dup });
    await broker.received("pubrec", 2);
    assertEquals(texts, ["iot/x first", ...dup ? [] : ["iot/x second"]]);
  });
}
