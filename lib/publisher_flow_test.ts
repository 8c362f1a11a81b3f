import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import { startBroker } from "./broker.ts";
import { PublishError } from "./errors.ts";
import { Publisher } from "./publisher.ts";
import { rejection, within } from "../testing/deadline.ts";
import {
  type ScriptedConnection,
  startScriptedBroker,
} from "../testing/brokers/scripted_broker.ts";
import {
  listen,
  QUIET,
  startSilentOn,
  until,
} from "../testing/brokers/scripts.ts";
import { times } from "../testing/test.ts";
import { FaultProxy } from "../testing/fault_proxy/fault_proxy.ts";
import { startMosquitto } from "../testing/brokers/mosquitto.ts";
import { publishPacket } from "../testing/clients/raw_client.ts";
import { test } from "../testing/peer_tests.ts";

test.scripted("Publisher publishes 100,000 messages of QoS 0 without a warning", async (broker) => {
  const warnings: string[] = [];
  const note = (warning: Error) => warnings.push(warning.name);
  process.on("warning", note);
  const publisher = await Publisher.connect(broker.url);
  for (let index = 0; index < 100_000; index++) {
    await publisher.ready;
    publisher.publish("iot/x", index);
  }
  await publisher.publish("iot/last", "", { qos: 1 });
  await publisher.close();
  process.off("warning", note);
  assertEquals(warnings, []);
  const payloads = broker.all("publish").map(({ payload }) => `${payload}`);
  // The last one is of QoS 1.
  assertEquals([payloads.length, payloads.pop()], [100_001, ""]);
  assert(payloads.every((payload, index) => payload === `${index}`));
});

for (const qos of [1, 2] as const) {
  Deno.test(`Publisher keeps to its in-flight window at QoS ${qos}`, async () => {
    const held: (() => void)[] = [];
    let inflight = 0;
    let most = 0;
    await using broker = await startScriptedBroker((packet, { send }) => {
      if (packet.cmd === "publish") most = Math.max(most, ++inflight);
      if (packet.cmd === "pubrel") inflight--;
      if (packet.cmd !== "publish" || qos === 2) return;
      const { messageId = 0 } = packet;
      held.push(() => {
        inflight--;
        send({ cmd: "puback", messageId });
      });
      if (held.length === 8) held.splice(0).forEach((answer) => answer());
      return "answered";
    });
    const options = { inflightWindow: 8 };
    await using publisher = await Publisher.connect(broker.url, options);
    const published = times(
      64,
      (index) => publisher.publish("iot/x", index, { qos }),
    );
    await within("the publishes", Promise.all(published));
    assertEquals(most, 8);
  });
}

Deno.test("Publisher has 19 messages of QoS 2 in flight at most, unless told otherwise", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" && packet.qos === 2 ? "answered" : undefined
  );
  const publisher = await Publisher.connect(broker.url);
  for (let index = 0; index < 50; index++) {
    publisher.publish("iot/x", index, { qos: 2 });
  }
  await broker.received("publish", 19);
  await publisher.publish("fence", "");
  await rejection(publisher.close({ timeout: 0.2 }), AggregateError);
  const sent = broker.all("publish").filter(({ qos }) => qos === 2);
  assertEquals(sent.length, 19);
});

test.mosquitto("Publisher loses nothing of QoS 1 at mosquitto behind many messages of QoS 2", async () => {
  await using mosquitto = await startMosquitto();
  await using proxy = await FaultProxy.start(mosquitto.port);
  const arrived = new Set<string>();
  const fence = Promise.withResolvers<void>();
  const all = Promise.withResolvers<void>();
  await using _subscription = await listen(mosquitto, ({ topic, text }) => {
    if (topic === "fence") fence.resolve();
    else if (arrived.add(text).size === 25) all.resolve();
  }, { topics: ["iot/x", "fence"], qos: 2 });
  await using publisher = await Publisher.connect(proxy.url);
  // Without answers, what is in flight stays so.
  proxy.lines[0]!.hold("down");
  const published = times(
    25,
    (index) => publisher.publish("iot/x", index, { qos: index < 20 ? 2 : 1 }),
  );
  publisher.publish("fence", "");
  await within("all that was sent before", fence.promise);
  proxy.lines[0]!.release("down");
  await within("the publishes", Promise.all(published));
  await within("the messages", all.promise);
});

test.mosquitto("Publisher heeds the server's receiveMaximum", async () => {
  const options = { config: "allow_anonymous true\nmax_inflight_messages 5\n" };
  await using mosquitto = await startMosquitto(options);
  await using publisher = await Publisher.connect(mosquitto.url, {
    protocolVersion: 5,
  });
  let inflight = 0;
  let most = 0;
  publisher.client.on("packetsend", (packet) => {
    if (packet.cmd === "publish") most = Math.max(most, ++inflight);
  });
  publisher.client.on("packetreceive", ({ cmd }) => {
    if (cmd === "pubcomp") inflight--;
  });
  const published = times(
    100,
    (index) => publisher.publish("iot/x", index, { qos: 2 }),
  );
  await within("the publishes", Promise.all(published));
  assertEquals(most, 5);
});

Deno.test("Publisher.publish() sends what waits with the options that it was given", async () => {
  await using broker = await startSilentOn("publish");
  const publisher = await Publisher.connect(broker.url, { inflightWindow: 1 });
  const options = { qos: 1 as const, retain: true };
  publisher.publish("iot/x", 1, options);
  publisher.publish("iot/x", 2, options);
  options.retain = false;
  for (const count of [1, 2]) {
    await broker.received("publish", count);
    const { messageId, retain } = broker.all("publish").at(-1)!;
    assertEquals(retain, true);
    broker.connections[0]!.send({ cmd: "puback", messageId: messageId! });
  }
  await publisher.close();
});

Deno.test("Publisher refuses by name what exceeds its queue", async () => {
  const broker = await startBroker({ port: 0 });
  const options = { queueLimit: 3, ...QUIET };
  const publisher = await Publisher.connect(broker.url, options);
  const lost = until(publisher.client, "close");
  await broker.close();
  await lost;
  const kept = ([0, 1, 2] as const).map((qos) =>
    publisher.publish("iot/kept", qos, { qos })
  );
  const error = await rejection(
    publisher.publish("iot/refused", 4),
    PublishError,
    'Message on "iot/refused" was not published: the queue is full (3 messages wait)',
  );
  assertEquals(error.topic, "iot/refused");
  await using _again = await startBroker({ port: broker.port });
  await within("what was kept", Promise.all(kept));
  await rejection(publisher.flush(), AggregateError, "iot/refused");
  await publisher.close();
});

Deno.test("Publisher.ready makes a producer wait for the window", async () => {
  await using broker = await startSilentOn("publish");
  const publisher = await Publisher.connect(broker.url, { inflightWindow: 2 });
  const send = (messageId: number) =>
    broker.connections[0]!.send({ cmd: "puback", messageId });
  publisher.publish("iot/x", 1, { qos: 1 });
  await publisher.ready;
  publisher.publish("iot/x", 2, { qos: 1 });
  let isReady = false;
  const ready = publisher.ready.then(() => isReady = true);
  await broker.received("publish", 2);
  assertEquals(isReady, false);
  const [first, second] = broker.all("publish");
  send(first!.messageId!);
  await within("room", ready);
  send(second!.messageId!);
  await publisher.close();
});

test.scripted("Publisher.ready waits for a peer that doesn't read, and for no longer", async (broker) => {
  await using publisher = await Publisher.connect(broker.url);
  const [{ socket }] = broker.connections as [ScriptedConnection];
  socket.pause();
  const { stream } = publisher.client;
  const payload = "x".repeat(100_000);
  while (!stream.writableNeedDrain) publisher.publish("a", payload);
  let isReady = false;
  const ready = publisher.ready.then(() => isReady = true);
  await new Promise((resolve) => setImmediate(resolve));
  assertEquals(isReady, false);
  socket.resume();
  await within("room", ready);
  await within("all", publisher.flush());
});

Deno.test("Publisher.ready follows its client to the next connection", async () => {
  await using broker = await startScriptedBroker(({ cmd }) =>
    cmd === "publish" && broker.connections.length === 1
      ? "answered"
      : undefined
  );
  const options = { inflightWindow: 1, ...QUIET };
  await using publisher = await Publisher.connect(broker.url, options);
  publisher.publish("iot/x", 1, { qos: 1 });
  const ready = publisher.ready;
  await broker.received("publish");
  // When the answer comes at last, the new connection's buffer is full.
  const { client } = publisher;
  const full = Promise.withResolvers<void>();
  client.on("packetreceive", ({ cmd }) => {
    if (cmd !== "puback") return;
    broker.connections[1]!.socket.pause();
    const packet = publishPacket({ topic: "a", payload: "x".repeat(100_000) });
    while (!client.stream.writableNeedDrain) client.stream.write(packet);
    full.resolve();
  });
  broker.connections[0]!.socket.destroy();
  await within("a full buffer", full.promise);
  broker.connections[1]!.socket.resume();
  await within("room", ready);
});
