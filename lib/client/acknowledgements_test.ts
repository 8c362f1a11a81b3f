import mqtt from "mqtt";
import { assertEquals } from "@std/assert";
import type { Packet } from "mqtt";
import { connect } from "../connect.ts";
import { publishMany } from "../publish_once.ts";
import { subscribe } from "../subscribe.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import {
  collector,
  deliver,
  KEPT,
  listen,
  QUICK,
  reconnect,
  silent,
  startKeeping,
} from "../../testing/brokers/scripts.ts";
import { test } from "../../testing/test.ts";

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
    await within("PUBREC", broker.received("pubrec"));
    assertEquals(commands().slice(2), ["puback", "pubrec"]);
  } finally {
    await within("the end", client.endAsync(true));
  }
});

for (const qos of [1, 2] as const) {
  const acknowledgement = qos === 1 ? "puback" : "pubrec";

  test.scripted(`subscribe() acknowledges after the handler at QoS ${qos}, in order`, async (broker) => {
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await using _subscription = await listen(broker, () => {
      started.resolve();
      return release.promise;
    }, { qos });
    for (const id of [1, 2, 3]) deliver(broker, { qos, id });
    await within("the handler", started.promise);
    // A round trip through the client's packet loop: it goes on reading.
    await using other = await connect(broker.url);
    await other.publishAsync("x", "1", { qos: 1 });
    assertEquals(
      broker.packets.filter(({ cmd }) => cmd === acknowledgement),
      [],
    );
    release.resolve();
    await within("the acknowledgements", broker.received(acknowledgement, 3));
    const ids = broker.packets.filter(({ cmd }) => cmd === acknowledgement).map(
      ({ messageId }) => messageId,
    );
    assertEquals(ids, [1, 2, 3]);
  });

  test.scripted(`subscribe() leaves a message unacknowledged at QoS ${qos} if its handler fails`, async (broker) => {
    await using _subscription = await listen(broker, ({ text }) => {
      if (text === "1") throw new Error("no");
    }, { qos, log: silent });
    for (const id of [1, 2]) deliver(broker, { qos, id });
    await within("the acknowledgement", broker.received(acknowledgement));
    const ids = broker.packets.filter(({ cmd }) => cmd === acknowledgement).map(
      ({ messageId }) => messageId,
    );
    assertEquals(ids, [2]);
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
    await publishMany(
      broker.url,
      Array.from(
        { length: 50 },
        (_, index) => ({ topic: "in", payload: index, qos }),
      ),
    );
    await have(100);
  });

  test.scripted(`subscribe() drops acknowledgements of a lost connection at QoS ${qos}`, async (broker) => {
    const release = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    await using subscription = await listen(broker, () => {
      started.resolve();
      return release.promise;
    }, { qos, retryDelay: QUICK, log: silent });
    deliver(broker, { qos, id: 7 });
    await within("the handler", started.promise);
    const again = new Promise((resolve) =>
      subscription.client.once("connect", resolve)
    );
    broker.connections[0]!.socket.destroy();
    await within("the reconnection", again);
    release.resolve();
    await subscription.client.publishAsync("fence", "", { qos: 1 });
    assertEquals(
      broker.packets.filter(({ cmd }) => cmd === acknowledgement),
      [],
    );
  });
}

test.scripted("subscribe() acknowledges nothing on a connection that didn't bring it", async (broker) => {
  const release = Promise.withResolvers<void>();
  await using subscription = await listen(broker, () => release.promise, {
    topics: "a",
    ...KEPT,
    qos: 1,
    clean: true,
    keepalive: 1,
  });
  for (let messageId = 1; messageId <= 3000; messageId++) {
    broker.connections[0]!.send({
      cmd: "publish",
      topic: "a",
      payload: "x",
      qos: 1,
      messageId,
      retain: false,
      dup: false,
    });
  }
  await within("pings", broker.received("pingreq", 2));
  broker.connections[0]!.socket.destroy();
  await within("SUBSCRIBE", broker.received("subscribe", 2));
  release.resolve();
  await subscription.client.publishAsync("fence", "", { qos: 1 });
  await subscription.close();
  const acknowledged = broker.packets.filter(({ cmd }) => cmd === "puback");
  assertEquals(acknowledged, []);
});

Deno.test("subscribe() acknowledges what it handled before the broker answered SUBSCRIBE", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "subscribe") return;
    send({
      cmd: "publish",
      topic: "iot/x",
      payload: "1",
      qos: 1,
      messageId: 1,
      retain: false,
      dup: false,
    });
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
  await within("DISCONNECT", broker.received("disconnect"));
  assertEquals(broker.packets.filter(({ cmd }) => cmd === "puback").length, 1);
});

Deno.test("subscribe() hands a QoS 2 message over once, however often it is sent", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd === "pubrec") return "answered";
    if (packet.cmd !== "connect") return;
    const sessionPresent = broker.connections.length > 1;
    send({ cmd: "connack", returnCode: 0, sessionPresent });
    return "answered";
  });
  const { take, texts } = collector();
  await using _subscription = await listen(broker, take, {
    qos: 2,
    clientId: "recorder",
    clean: false,
    retryDelay: QUICK,
    log: silent,
  });
  deliver(broker, { qos: 2, id: 5 });
  await within("PUBREC", broker.received("pubrec", 1));
  deliver(broker, { qos: 2, id: 5, dup: true });
  await within("PUBREC", broker.received("pubrec", 2));
  broker.connections[0]!.socket.destroy();
  await within("the reconnection", broker.received("connect", 2));
  deliver(broker, { qos: 2, id: 5, dup: true });
  await within("PUBREC", broker.received("pubrec", 3));
  broker.connections[1]!.send({ cmd: "pubrel", messageId: 5 });
  await within("PUBCOMP", broker.received("pubcomp"));
  deliver(broker, { qos: 2, id: 5, text: "another" });
  await within("PUBREC", broker.received("pubrec", 4));
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
  await within("PUBREC", broker.received("pubrec"));
});

Deno.test("subscribe() takes an id of QoS 2 for a new message when the session was lost", async () => {
  await using broker = await startKeeping(false, ["pubrec"]);
  const texts: string[] = [];
  await using _subscription = await listen(
    broker,
    ({ text }) => texts.push(text),
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

for (const dup of [true, false]) {
  const what = dup ? "an old message" : "a new one";
  Deno.test(`subscribe() takes an id of QoS 2 for ${what} by its DUP, if the session may be one that knows nothing`, async () => {
    await using broker = await startScriptedBroker(
      (packet, { send, socket }) => {
        if (packet.cmd === "pubrec") return "answered";
        if (packet.cmd !== "connect") return;
        const count = broker.connections.length;
        // The broker has forgotten the session, or not: its answer is lost.
        if (count === 2) socket.destroy();
        else send({ cmd: "connack", returnCode: 0, sessionPresent: count > 2 });
        return "answered";
      },
    );
    const texts: string[] = [];
    await using _subscription = await listen(
      broker,
      ({ text }) => texts.push(text),
      { ...KEPT, qos: 2 },
    );
    deliver(broker, { qos: 2, id: 5, text: "first" });
    await within("PUBREC", broker.received("pubrec", 1));
    broker.connections[0]!.socket.destroy();
    await within("SUBSCRIBE", broker.received("subscribe", 2));
    deliver(broker, { qos: 2, id: 5, text: "second", dup });
    await within("PUBREC", broker.received("pubrec", 2));
    assertEquals(texts, dup ? ["first"] : ["first", "second"]);
  });
}
