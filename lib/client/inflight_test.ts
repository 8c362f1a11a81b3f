import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Packet } from "mqtt";
import { internalsOf } from "./mqttjs.ts";
import { connect } from "../connect.ts";
import { PublishError } from "../errors.ts";
import { Publisher } from "../publisher.ts";
import { rejection, within } from "../../testing/deadline.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import { test } from "../../testing/test.ts";
import {
  comeBack,
  connack,
  KEPT,
  QUIET,
  startSilentOn,
  startUnsure,
  until,
} from "../../testing/brokers/scripts.ts";
import type { ConnectOptions } from "./options.ts";

/** Answers no packet of a kind on the first connection; then all of them. */
async function startForgetful(
  silentOn: Packet["cmd"],
  { sessionPresent = false } = {},
): Promise<ScriptedBroker> {
  const broker = await startScriptedBroker(({ cmd }) => {
    const isFirst = broker.connections.length === 1;
    if (cmd === "connect") return connack(0, sessionPresent && !isFirst);
    return isFirst && cmd === silentOn ? "answered" : undefined;
  });
  return broker;
}

/** The packets about messages, as they came. */
function exchanged({ packets }: ScriptedBroker): string[] {
  return packets.flatMap((packet) => {
    if (packet.cmd === "pubrel") return ["pubrel"];
    if (packet.cmd !== "publish") return [];
    return [`publish ${packet.payload}${packet.dup ? " again" : ""}`];
  });
}

/** Publishes, and cuts the connection when the broker has got a packet. */
async function publishAndCut(
  broker: ScriptedBroker,
  publisher: Publisher,
  packet: Packet["cmd"],
): Promise<{ outcome: Promise<void> }> {
  const outcome = publisher.publish("iot/x", "1", { qos: 2 });
  await broker.received(packet);
  broker.connections[0]!.socket.destroy();
  return { outcome };
}

for (const packet of ["publish", "pubrel"] as const) {
  const before = packet === "publish" ? ["publish 1"] : ["publish 1", "pubrel"];

  Deno.test(`Publisher tells of QoS 2 that a forgotten session leaves it unsure, after ${packet}`, async () => {
    await using broker = await startForgetful(packet);
    await using publisher = await Publisher.connect(broker.url, QUIET);
    const { outcome } = await publishAndCut(broker, publisher, packet);
    const error = await rejection(
      outcome,
      PublishError,
      'Message on "iot/x" may or may not have arrived: the broker has forgotten the session',
    );
    assert(error.mayHaveArrived);
    await rejection(publisher.flush(), AggregateError);
    await publisher.publish("iot/x", "2", { qos: 2 });
    assertEquals(exchanged(broker), [...before, "publish 2", "pubrel"]);
  });

  Deno.test(`Publisher goes on where it was at QoS 2 in a kept session, after ${packet}`, async () => {
    await using broker = await startForgetful(packet, { sessionPresent: true });
    await using publisher = await Publisher.connect(broker.url, KEPT);
    const { outcome } = await publishAndCut(broker, publisher, packet);
    await within("the outcome", outcome);
    const again = packet === "publish" ? ["publish 1 again"] : [];
    assertEquals(exchanged(broker), [...before, ...again, "pubrel"]);
  });

  Deno.test(`Publisher tells of QoS 2 that it is unsure if a session may be one that knows nothing, after ${packet}`, async () => {
    await using broker = await startUnsure(({ cmd }) =>
      broker.connections.length === 1 && cmd === packet ? "answered" : undefined
    );
    await using publisher = await Publisher.connect(broker.url, KEPT);
    const { outcome } = await publishAndCut(broker, publisher, packet);
    const error = await rejection(
      outcome,
      PublishError,
      "may or may not have arrived: the broker may have forgotten the session",
    );
    assert(error.mayHaveArrived);
    await rejection(publisher.flush(), AggregateError);
    // The broker passes on what it has, and keeps nothing in flight.
    await publisher.publish("iot/x", "2", { qos: 2 });
    const next = ["pubrel", "publish 2", "pubrel"];
    assertEquals(exchanged(broker), [...before, ...next]);
    assertEquals(Object.keys(publisher.client.outgoing), []);
  });
}

Deno.test("Publisher has the broker forget a QoS 2 message that it gave up, before its id is another's", async () => {
  // Each connection ends at the first message; the broker has it all the same.
  await using broker = await startScriptedBroker((got, { socket }) => {
    if (got.cmd === "connect") return connack(0, broker.connections.length > 1);
    if (got.cmd !== "publish" || String(got.payload) !== "1") return;
    socket.destroy();
    return "answered";
  });
  await using publisher = await Publisher.connect(broker.url, KEPT);
  const publishing = publisher.publish("iot/x", "1", { qos: 2 });
  await rejection(publishing, PublishError, "three times");
  await publisher.publish("iot/x", "2", { qos: 2 });
  await rejection(publisher.flush(), AggregateError);
  const about = broker.packets.filter(({ cmd }) => /^pub/.test(cmd)).slice(3);
  const [released, next] = about;
  assertEquals(about.map(({ cmd }) => cmd), ["pubrel", "publish", "pubrel"]);
  assertEquals(
    released!.messageId,
    broker.packets.find(({ cmd }) => cmd === "publish")!.messageId,
  );
  assert(next!.messageId !== released!.messageId);
});

Deno.test("Publisher goes on at QoS 2 although the broker has refused a CONNECT meanwhile", async () => {
  await using broker = await startScriptedBroker((packet) => {
    const count = broker.connections.length;
    if (packet.cmd === "publish" && count === 1) return "answered";
    if (packet.cmd !== "connect") return;
    // Unavailable: it makes no session.
    return connack(count === 2 ? 3 : 0, count > 2);
  });
  await using publisher = await Publisher.connect(broker.url, KEPT);
  const published = publisher.publish("iot/x", "1", { qos: 2 });
  await broker.received("publish");
  broker.connections[0]!.socket.destroy();
  await within("the outcome", published);
  assertEquals(exchanged(broker), ["publish 1", "publish 1 again", "pubrel"]);
});

Deno.test("Publisher takes a message of QoS 2 for delivered that the broker no longer knows", async () => {
  await using broker = await startScriptedBroker(({ cmd }, { socket }) => {
    const isFirst = broker.connections.length === 1;
    if (cmd === "connect") return connack(0, !isFirst);
    if (cmd !== "pubrel") return;
    // It has passed the message on, and its PUBCOMP is lost.
    if (isFirst) socket.destroy();
    return { cmd: "pubcomp", reasonCode: 146 };
  });
  const options = { ...KEPT, protocolVersion: 5 } as const;
  await using publisher = await Publisher.connect(broker.url, options);
  await within("one", publisher.publish("iot/x", "1", { qos: 2 }));
  assertEquals(exchanged(broker), ["publish 1", "pubrel", "pubrel"]);
});

Deno.test("Publisher sends no more again than the broker takes at once", async () => {
  const unanswered: number[] = [];
  await using broker = await startScriptedBroker((packet) => {
    const isFirst = broker.connections.length === 1;
    if (packet.cmd === "publish") {
      if (!isFirst) unanswered.push(packet.messageId!);
      return "answered";
    }
    if (packet.cmd !== "connect") return;
    const properties = { receiveMaximum: isFirst ? 10 : 2 };
    return { cmd: "connack", reasonCode: 0, sessionPresent: false, properties };
  });
  const options = { ...QUIET, protocolVersion: 5 } as const;
  await using publisher = await Publisher.connect(broker.url, options);
  const published = ["1", "2", "3", "4", "5"].map((text) =>
    publisher.publish("iot/x", text, { qos: 1 })
  );
  await broker.received("publish", 5);
  broker.connections[0]!.socket.destroy();
  for (let count = 1; count <= 5; count++) {
    const most = Math.min(5, count + 1);
    await broker.received("publish", 5 + most);
    // What comes after the messages is behind them.
    const fences = broker.all("subscribe");
    await publisher.client.subscribeAsync(`fence/${fences.length}`);
    assertEquals(broker.all("publish").length, 5 + most);
    const messageId = unanswered.shift()!;
    broker.connections[1]!.send({ cmd: "puback", messageId });
    await within("its promise", published[count - 1]!);
  }
});

Deno.test("Publisher sends QoS 1 again in a forgotten session, in order and ahead of what waited", async () => {
  await using broker = await startForgetful("publish");
  const options = { ...QUIET, inflightWindow: 2 };
  await using publisher = await Publisher.connect(broker.url, options);
  const published = ["1", "2", "3"].map((text) =>
    publisher.publish("iot/x", text, { qos: 1 })
  );
  await broker.received("publish", 2);
  broker.connections[0]!.socket.destroy();
  await within("all", Promise.all(published));
  assertEquals(exchanged(broker), [
    "publish 1",
    "publish 2",
    "publish 1 again",
    "publish 2 again",
    "publish 3",
  ]);
});

Deno.test("connect() is back before the broker has answered what is sent again", async () => {
  await using broker = await startSilentOn("publish");
  await using client = await connect(broker.url, QUIET);
  const published = [1, 2, 3].map((value) =>
    client.publishAsync("iot/x", `${value}`, { qos: 1 })
  );
  const outcomes = Promise.allSettled(published);
  await broker.received("publish", 3);
  await comeBack(broker, client);
  await broker.received("publish", 6);
  await client.subscribeAsync("iot/y");
  await client.close({ timeout: 0.1 });
  for (const outcome of await outcomes) {
    assert(outcome.status === "rejected" && outcome.reason.mayHaveArrived);
  }
});

Deno.test("connect() answers a PUBREC that it reads too late once, on the next connection", async () => {
  const options = { sessionPresent: true };
  await using broker = await startForgetful("publish", options);
  await using client = await connect(broker.url, KEPT);
  const published = client.publishAsync("iot/x", "1", { qos: 2 });
  await broker.received("publish");
  const [messageId] = Object.keys(client.outgoing).map(Number);
  client.once("close", () => {
    // What MQTT.js does with a PUBREC that was read before the loss.
    internalsOf(client)._sendPacket({ cmd: "pubrel", messageId: messageId! });
  });
  broker.connections[0]!.socket.destroy();
  await within("the outcome", published);
  assertEquals(exchanged(broker), ["publish 1", "pubrel"]);
});

Deno.test("reconnect() keeps what is in flight, although the broker is silent", async () => {
  await using broker = await startForgetful("publish");
  const options: ConnectOptions = { ...QUIET, retryDelay: [60, 60] };
  await using client = await connect(broker.url, options);
  const published = client.publishAsync("iot/x", "1", { qos: 1 });
  await broker.received("publish");
  client.reconnect();
  client.reconnect();
  await within("the outcome", published, 5000);
  assertEquals(exchanged(broker), ["publish 1", "publish 1 again"]);
  await broker.received("disconnect");
  assertEquals(broker.connections.length, 2);
});

Deno.test("reconnect() ends an attempt that hangs, and waits for no pause", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "connect" && broker.connections.length === 2
      ? "answered"
      : undefined
  );
  const options: ConnectOptions = { ...QUIET, retryDelay: [60, 60] };
  await using client = await connect(broker.url, options);
  client.stream.destroy();
  await until(client, "close");
  client.reconnect();
  await broker.received("connect", 2);
  const again = until(client, "connect");
  client.reconnect();
  await within("the reconnection", again, 5000);
  assertEquals(broker.connections.length, 3);
});

test.scripted("reconnect() doesn't open again what was closed", async (broker) => {
  const client = await connect(broker.url);
  await client.close();
  assertThrows(() => client.reconnect(), Error, "is closed: connect() opens");
});

for (const protocolVersion of [4, 5] as const) {
  Deno.test(`Publisher sends the bytes that it was given, first and again, whatever becomes of them, in version ${protocolVersion}`, async () => {
    await using broker = await startForgetful("publish");
    const options = { ...QUIET, protocolVersion, inflightWindow: 1 };
    await using publisher = await Publisher.connect(broker.url, options);
    const bytes = new Uint8Array(1);
    const published = ["1", "2"].map((text) => {
      new TextEncoder().encodeInto(text, bytes);
      return publisher.publish("iot/x", bytes, { qos: 1 });
    });
    bytes.fill(0);
    await broker.received("publish");
    await comeBack(broker, publisher.client);
    await within("both", Promise.all(published));
    const expected = ["publish 1", "publish 1 again", "publish 2"];
    assertEquals(exchanged(broker), expected);
  });
}

test.scripted("publish() calls MQTT.js's cbStorePut, at QoS 1 and 2", async (broker) => {
  await using client = await connect(broker.url);
  for (const qos of [1, 2] as const) {
    const stored = Promise.withResolvers<void>();
    const cbStorePut = () => stored.resolve();
    await client.publishAsync("iot/x", "1", { qos, cbStorePut });
    await within("the call", stored.promise);
  }
});
