import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import mqtt from "mqtt";
import { startBroker } from "./broker.ts";
import { connect } from "./connect.ts";
import { PublishError } from "./errors.ts";
import { Publisher } from "./publisher.ts";
import { subscribe } from "./subscribe.ts";
import { CA, LOCALHOST } from "../testing/certificates/certificates.ts";
import { within } from "../testing/deadline.ts";
import { startScriptedBroker } from "../testing/brokers/scripted_broker.ts";
import { QUICK, silent } from "../testing/brokers/scripts.ts";

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
    "5 messages were not confirmed",
  );
  assertEquals(error.errors.length, 5);
  const outcomes = await Promise.allSettled(published);
  assertEquals(
    outcomes.map((outcome) =>
      outcome.status === "rejected" && outcome.reason.mayHaveArrived
    ),
    [true, true, false, false, false],
  );
  await assertRejects(
    () => publisher.publish("iot/x", 1),
    PublishError,
    "closed",
  );
});

Deno.test("Publisher delivers at QoS 1 what was in flight when the broker restarted", async () => {
  const broker = await startBroker({ port: 0 });
  await using publisher = await Publisher.connect(broker.url, {
    retryDelay: QUICK,
    log: silent,
  });
  const published = Array.from(
    { length: 500 },
    (_, index) => publisher.publish("iot/x", index, { qos: 1 }),
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
  assertThrows(
    () => new Publisher(client, { answerTimeout: 0 }),
    RangeError,
    "Answer timeout is 0",
  );
  const plain = await mqtt.connectAsync(broker.url);
  assertThrows(() => new Publisher(plain as never), TypeError, "connect()");
  await plain.endAsync();
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

Deno.test("Publisher.flush() resolves for each of several callers", async () => {
  await using broker = await startScriptedBroker();
  await using publisher = await Publisher.connect(broker.url);
  publisher.publish("a", 1, { qos: 1 });
  await within("both", Promise.all([publisher.flush(), publisher.flush()]));
});

Deno.test("Publisher.flush() leaves nothing of QoS 0 unwritten", async () => {
  await using broker = await startScriptedBroker();
  await using publisher = await Publisher.connect(broker.url);
  publisher.publish("a", 1);
  await publisher.flush();
  // What a program does that ends at once with Deno.exit().
  publisher.client.stream.destroy();
  await within("the message", broker.received("publish"), 2000);
});

Deno.test("Publisher.publish() rejects a payload that is no text, no bytes and no finite number", async () => {
  await using broker = await startScriptedBroker();
  await using publisher = await Publisher.connect(broker.url);
  for (const payload of [NaN, -Infinity, undefined, null, {}, 1n]) {
    const error = await assertRejects(
      () => publisher.publish("iot/x", payload as number),
      TypeError,
    );
    assertEquals(
      error.message,
      `Payload is ${payload}: it must be text, bytes or a finite number`,
    );
  }
  await publisher.publish("iot/x", 0, { qos: 1 });
  await assertRejects(() => publisher.flush(), AggregateError, "6 messages");
  const sent = broker.packets.filter(({ cmd }) => cmd === "publish");
  assertEquals(sent.length, 1);
});
