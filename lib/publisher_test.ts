import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import mqtt from "mqtt";
import process from "node:process";
import { startBroker } from "./broker.ts";
import { connect } from "./connect.ts";
import { PublishError } from "./errors.ts";
import { Publisher } from "./publisher.ts";
import { subscribe } from "./subscribe.ts";
import { CA, LOCALHOST } from "./testing/certificates.ts";
import { within } from "./testing/deadline.ts";
import { startMosquitto } from "./testing/mosquitto.ts";
import { peerTest } from "./testing/peers.ts";
import { startScriptedBroker } from "./testing/scripted_broker.ts";

const QUICK: [number, number] = [0.02, 0.1];
const silent = () => {};

Deno.test("Publisher publishes 100,000 messages of QoS 0 without a warning", async () => {
  await using broker = await startScriptedBroker();
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
  const payloads = broker.packets.flatMap((packet) =>
    packet.cmd === "publish" && packet.qos === 0 ? [String(packet.payload)] : []
  );
  assertEquals(payloads.length, 100_000);
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
      const { messageId } = packet;
      held.push(() => {
        inflight--;
        send({ cmd: "puback", messageId: messageId! });
      });
      if (held.length === 8) held.splice(0).forEach((answer) => answer());
      return "answered";
    });
    await using publisher = await Publisher.connect(broker.url, {
      inflightWindow: 8,
    });
    const published = Array.from(
      { length: 64 },
      (_, index) => publisher.publish("iot/x", index, { qos }),
    );
    await within("the publishes", Promise.all(published));
    assertEquals(most, 8);
  });
}

Deno.test("Publisher has 20 messages of QoS 2 in flight at most, unless told otherwise", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" && packet.qos === 2 ? "answered" : undefined
  );
  const publisher = await Publisher.connect(broker.url);
  for (let index = 0; index < 50; index++) {
    publisher.publish("iot/x", index, { qos: 2 });
  }
  await within("twenty", broker.received("publish", 20));
  await publisher.publish("fence", "");
  await assertRejects(() => publisher.close({ timeout: 0.2 }), AggregateError);
  const sent = broker.packets.filter((packet) =>
    packet.cmd === "publish" && packet.qos === 2
  );
  assertEquals(sent.length, 20);
});

peerTest(
  ["mosquitto"],
  "Publisher heeds the server's receiveMaximum",
  async () => {
    await using mosquitto = await startMosquitto({
      config: "allow_anonymous true\nmax_inflight_messages 5\n",
    });
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
    const published = Array.from(
      { length: 100 },
      (_, index) => publisher.publish("iot/x", index, { qos: 2 }),
    );
    await within("the publishes", Promise.all(published));
    assertEquals(most, 5);
  },
);

Deno.test("Publisher refuses by name what exceeds its queue", async () => {
  const broker = await startBroker({ port: 0 });
  const publisher = await Publisher.connect(broker.url, {
    queueLimit: 3,
    retryDelay: QUICK,
    log: silent,
  });
  const lost = new Promise<void>((resolve) =>
    publisher.client.once("close", resolve)
  );
  await broker.close();
  await within("the loss", lost);
  const kept = ([0, 1, 2] as const).map((qos) =>
    publisher.publish("iot/kept", qos, { qos })
  );
  const error = await assertRejects(
    () => publisher.publish("iot/refused", 4),
    PublishError,
    'Message on "iot/refused" was not published: the queue is full (3 messages wait)',
  );
  assertEquals(error.topic, "iot/refused");
  await using _again = await startBroker({ port: broker.port });
  await within("what was kept", Promise.all(kept));
  await assertRejects(() => publisher.flush(), AggregateError, "iot/refused");
  await publisher.close();
});

Deno.test("Publisher.ready makes a producer wait for the window", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" && packet.qos === 1 ? "answered" : undefined
  );
  const publisher = await Publisher.connect(broker.url, { inflightWindow: 2 });
  const send = (messageId: number) =>
    broker.connections[0]!.send({ cmd: "puback", messageId });
  publisher.publish("iot/x", 1, { qos: 1 });
  await publisher.ready;
  publisher.publish("iot/x", 2, { qos: 1 });
  let isReady = false;
  const ready = publisher.ready.then(() => isReady = true);
  await within("two", broker.received("publish", 2));
  assertEquals(isReady, false);
  const [first, second] = broker.packets.flatMap((packet) =>
    packet.cmd === "publish" ? [packet.messageId!] : []
  );
  send(first!);
  await within("room", ready);
  send(second!);
  await publisher.close();
});

Deno.test("Publisher settles every promise when it is closed, and tells of failures", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" ? "answered" : undefined
  );
  const publisher = await Publisher.connect(broker.url, { inflightWindow: 2 });
  const published = Array.from(
    { length: 5 },
    (_, index) => publisher.publish("iot/x", index, { qos: 1 }),
  );
  const error = await assertRejects(
    () => within("close()", publisher.close({ timeout: 0.1 })),
    AggregateError,
    "5 messages were not published",
  );
  assertEquals(error.errors.length, 5);
  const outcomes = await Promise.allSettled(published);
  assertEquals(outcomes.map(({ status }) => status), Array(5).fill("rejected"));
  await assertRejects(
    () => publisher.publish("iot/x", 1),
    PublishError,
    "closed",
  );
});

Deno.test("Publisher delivers at QoS 1 and 2 what was in flight when the broker restarted", async () => {
  const broker = await startBroker({ port: 0 });
  await using publisher = await Publisher.connect(broker.url, {
    retryDelay: QUICK,
    log: silent,
  });
  const published = Array.from(
    { length: 500 },
    (_, index) =>
      publisher.publish("iot/x", index, { qos: index % 2 === 0 ? 1 : 2 }),
  );
  await broker.close();
  await using again = await startBroker({ port: broker.port });
  assertEquals((await within("all", Promise.all(published))).length, 500);
  assert(again.port > 0);
});

Deno.test("Publisher.flush() ends over TCP, TLS and WebSocket", async () => {
  await using broker = await startBroker({
    port: 0,
    websocketPort: 0,
    tls: { ...LOCALHOST, port: 0, websocketPort: 0 },
  });
  const urls = [broker.url, broker.websocketUrl, broker.tlsUrl];
  for (const url of [...urls, broker.secureWebsocketUrl]) {
    const isSecure = /^(mqtts|wss):/.test(url ?? "");
    await using publisher = await Publisher.connect(url, {
      ...(isSecure && { tls: { ca: CA } }),
    });
    for (const payload of ["x", "x".repeat(300_000)]) {
      publisher.publish("iot/x", payload);
      await within(`flush() over ${url}`, publisher.flush());
    }
    await within(`flush() over ${url}`, publisher.flush());
  }
});

Deno.test("Publisher marks what it sends again as a duplicate", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" && broker.connections.length === 1
      ? "answered"
      : undefined
  );
  await using publisher = await Publisher.connect(broker.url, {
    retryDelay: QUICK,
    log: silent,
  });
  const published = ([1, 2] as const).map((qos) =>
    publisher.publish("iot/x", qos, { qos })
  );
  await within("the publishes", broker.received("publish", 2));
  broker.connections[0]!.socket.destroy();
  await within("the acknowledgements", Promise.all(published));
  const sent = broker.packets.flatMap((packet) =>
    packet.cmd === "publish" ? [`${packet.qos} ${packet.dup}`] : []
  );
  assertEquals(sent, ["1 false", "2 false", "1 true", "2 true"]);
});

Deno.test("Publisher shares a connection, and leaves it open", async () => {
  await using broker = await startBroker({ port: 0 });
  const received = Promise.withResolvers<string>();
  await using _subscription = await subscribe(
    broker.url,
    "#",
    ({ topic, payload }) => received.resolve(`${topic} ${[...payload]}`),
    false,
  );
  await using client = await connect(broker.url);
  {
    await using publisher = new Publisher(client);
    publisher.publish("bytes", new Uint8Array([0, 255, 10]));
  }
  assertEquals(await within("the message", received.promise), "bytes 0,255,10");
  assert(client.connected);
});

Deno.test("Publisher checks topic, queue limit and client", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connect(broker.url);
  const publisher = new Publisher(client);
  await assertRejects(() => publisher.publish("a/#", 1), TypeError, '"a/#"');
  await assertRejects(
    () => publisher.publish("a/+", 1, { qos: 1 }),
    TypeError,
    '"a/+"',
  );
  const failed = await assertRejects(() => publisher.flush(), AggregateError);
  assertStringIncludes(failed.message, "2 messages were not published");
  assertThrows(
    () => new Publisher(client, { queueLimit: 0 }),
    RangeError,
    "Queue limit is 0",
  );
  const plain = await mqtt.connectAsync(broker.url);
  assertThrows(() => new Publisher(plain as never), TypeError, "connect()");
  await plain.endAsync();
});
