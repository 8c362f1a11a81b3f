import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "./connect.ts";
import { ConnectionRefusedError } from "./errors.ts";
import { messages } from "./messages.ts";
import { Publisher } from "./publisher.ts";
import { Sensor } from "./sensor.ts";
import { within } from "./testing/deadline.ts";
import {
  type ScriptedConnection,
  startScriptedBroker,
} from "./testing/scripted_broker.ts";

Deno.test("Publisher carries text of several bytes a character", async () => {
  await using broker = await startScriptedBroker();
  await using publisher = await Publisher.connect(broker.url);
  const sent = Array.from(
    { length: 2000 },
    (_, index) => "이십일점오".repeat(index % 41),
  );
  for (const text of sent) publisher.publish("온도", text);
  await publisher.publish("last", "", { qos: 1 });
  const texts = broker.packets.flatMap((packet) =>
    packet.cmd === "publish" && packet.qos === 0 ? [`${packet.payload}`] : []
  );
  assert(sent.every((text, index) => texts[index] === text));
});

Deno.test("Publisher.ready waits for a peer that doesn't read, and for no longer", async () => {
  await using broker = await startScriptedBroker();
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

Deno.test("Publisher.close() waits on a shared connection for what is in flight", async () => {
  const held: (() => void)[] = [];
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "publish") return;
    const { messageId } = packet;
    held.push(() => send({ cmd: "puback", messageId: messageId! }));
    return "answered";
  });
  await using client = await connect(broker.url);
  const publisher = new Publisher(client);
  publisher.publish("a", 1, { qos: 1 });
  await within("PUBLISH", broker.received("publish"));
  await assertRejects(
    () => within("close()", publisher.close({ timeout: 0.05 }), 2000),
    AggregateError,
    "the broker has not answered",
  );
  const closing = publisher.close();
  held.forEach((answer) => answer());
  await within("close()", closing);
  assert(client.connected);
});

Deno.test("messages() ends at once when its loop is left with a message in hand", async () => {
  await using broker = await startScriptedBroker();
  const source = messages(broker.url, "#");
  const first = source.next();
  await within("SUBSCRIBE", broker.received("subscribe"));
  broker.connections[0]!.send({
    cmd: "publish",
    topic: "a",
    payload: "1",
    qos: 0,
    retain: false,
    dup: false,
  });
  await within("the message", first);
  await within("the end", source.return(), 2000);
});

Deno.test("messages() rejects when the broker refuses to take it back", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "connect" || broker.connections.length < 2) return;
    send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    return "answered";
  });
  const source = messages(broker.url, "#", {
    retryDelay: [0.02, 0.1],
    log: () => {},
  });
  const first = source.next();
  await within("SUBSCRIBE", broker.received("subscribe"));
  broker.connections[0]!.send({
    cmd: "publish",
    topic: "a",
    payload: "1",
    qos: 0,
    retain: false,
    dup: false,
  });
  await within("the message", first);
  const second = source.next();
  broker.connections[0]!.socket.destroy();
  await assertRejects(
    () => within("the refusal", second),
    ConnectionRefusedError,
  );
});

Deno.test("Sensor tells onValue what it publishes, and says so if it can't", async () => {
  await using broker = await startScriptedBroker();
  await using client = await connect(broker.url);
  const values: unknown[] = [];
  const failed = Promise.withResolvers<string>();
  await using sensor = new Sensor(0.005, [0, 1], "iot/x", {
    client,
    onValue: (value, topic) => values.push(topic, String(value)),
    log: failed.resolve,
  });
  await sensor.start();
  await within("values", broker.received("publish", 3));
  const sent = broker.packets.flatMap((packet) =>
    packet.cmd === "publish" ? [packet.topic, String(packet.payload)] : []
  );
  assertEquals(values.slice(0, sent.length), sent);
  await client.close();
  const line = await within("the report", failed.promise);
  assertEquals(
    line,
    'Sensor on iot/x failed: Message on "iot/x" was not published: the connection is closed',
  );
});
