import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import mqtt from "mqtt";
import { startBroker } from "./broker.ts";
import { connect } from "./connect.ts";
import { PublishError } from "./errors.ts";
import { Publisher } from "./publisher.ts";
import { CA } from "../testing/certificates/certificates.ts";
import { rejection, within } from "../testing/deadline.ts";
import { listen, QUIET, startSilentOn } from "../testing/brokers/scripts.ts";
import { test, times } from "../testing/test.ts";
import {
  EVERYWHERE,
  openBroker,
  urlsOf,
} from "../testing/brokers/embedded_broker.ts";
import { Unfinished } from "./client/answers.ts";

Deno.test("Publisher settles every promise when it is closed, and tells of failures", async () => {
  await using broker = await startSilentOn("publish");
  const publisher = await Publisher.connect(broker.url, { inflightWindow: 2 });
  const published = times(
    5,
    (index) => publisher.publish("iot/x", index, { qos: 1 }),
  );
  const error = await rejection(
    publisher.close({ timeout: 0.1 }),
    AggregateError,
    "5 messages were not confirmed",
  );
  assertEquals(error.errors.length, 5);
  const outcomes = await Promise.allSettled(published);
  const mayHaveArrived = outcomes.map((outcome) =>
    outcome.status === "rejected" && outcome.reason.mayHaveArrived
  );
  assertEquals(mayHaveArrived, [true, true, false, false, false]);
  await rejection(publisher.publish("iot/x", 1), PublishError, "closed");
});

Deno.test("Publisher delivers at QoS 1 what was in flight when the broker restarted", async () => {
  const broker = await startBroker({ port: 0 });
  await using publisher = await Publisher.connect(broker.url, QUIET);
  const published = times(
    500,
    (index) => publisher.publish("iot/x", index, { qos: 1 }),
  );
  await broker.close();
  await using again = await startBroker({ port: broker.port });
  assertEquals((await within("all", Promise.all(published))).length, 500);
  assert(again.port > 0);
});

Deno.test("Publisher.flush() ends over TCP, TLS and WebSocket", async () => {
  await using broker = await openBroker(EVERYWHERE);
  for (const url of urlsOf(broker)) {
    const isSecure = /^(mqtts|wss):/.test(url);
    const options = { ...(isSecure && { tls: { ca: CA } }) };
    await using publisher = await Publisher.connect(url, options);
    for (const payload of ["x", "x".repeat(300_000)]) {
      publisher.publish("iot/x", payload);
      await within(`flush() over ${url}`, publisher.flush());
    }
    await within(`flush() over ${url}`, publisher.flush());
  }
});

test.broker("Publisher shares a connection, and leaves it open", async (broker) => {
  const received = Promise.withResolvers<string>();
  await using _subscription = await listen(
    broker,
    ({ topic, payload }) => received.resolve(`${topic} ${[...payload]}`),
    { topics: "#" },
  );
  await using client = await connect(broker.url);
  {
    await using publisher = new Publisher(client);
    publisher.publish("bytes", new Uint8Array([0, 255, 10]));
  }
  assertEquals(await within("the message", received.promise), "bytes 0,255,10");
  assert(client.connected);
});

test.broker("Publisher checks topic, queue limit and client", async (broker) => {
  await using client = await connect(broker.url);
  const publisher = new Publisher(client);
  await rejection(publisher.publish("a/#", 1), TypeError, '"a/#"');
  await rejection(publisher.publish("a/+", 1, { qos: 1 }), TypeError, '"a/+"');
  const failed = await rejection(publisher.flush(), AggregateError);
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

test.scripted("Publisher tells the first ten failures, and counts the rest", async (broker) => {
  const publisher = await Publisher.connect(broker.url);
  await publisher.close();
  for (let index = 0; index < 15; index++) publisher.publish("a", index);
  const error = await publisher.flush().catch((error) => error);
  assertEquals(error.errors.length, 10);
  assert(error.message.startsWith("15 messages were not published"));
});

test.scripted("Publisher carries text of several bytes a character", async (broker) => {
  await using publisher = await Publisher.connect(broker.url);
  const sent = times(2000, (index) => "이십일점오".repeat(index % 41));
  for (const text of sent) publisher.publish("온도", text);
  await publisher.publish("last", "", { qos: 1 });
  const texts = broker.all("publish").map(({ payload }) => `${payload}`);
  assert(sent.every((text, index) => texts[index] === text));
});

Deno.test("Publisher.close() waits on a shared connection for what is in flight", async () => {
  await using broker = await startSilentOn("publish");
  await using client = await connect(broker.url);
  const publisher = new Publisher(client);
  publisher.publish("a", 1, { qos: 1 });
  await broker.received("publish");
  const attempt = within("close()", publisher.close({ timeout: 0.05 }), 2000);
  await rejection(attempt, AggregateError, "the broker has not answered");
  const closing = publisher.close();
  const [{ messageId = 0 } = {}] = broker.all("publish");
  broker.connections[0]!.send({ cmd: "puback", messageId });
  await within("close()", closing);
  assert(client.connected);
});

test.scripted("Publisher.flush() resolves for each of several callers", async (broker) => {
  await using publisher = await Publisher.connect(broker.url);
  publisher.publish("a", 1, { qos: 1 });
  await within("both", Promise.all([publisher.flush(), publisher.flush()]));
});

test.scripted("Publisher.flush() leaves nothing of QoS 0 unwritten", async (broker) => {
  await using publisher = await Publisher.connect(broker.url);
  publisher.publish("a", 1);
  await publisher.flush();
  // What a program does that ends at once with Deno.exit().
  publisher.client.stream.destroy();
  await within("the message", broker.received("publish"), 2000);
});

test.scripted("Publisher.publish() rejects a payload that is no text, no bytes and no finite number", async (broker) => {
  await using publisher = await Publisher.connect(broker.url);
  for (const payload of [NaN, -Infinity, undefined, null, {}, 1n]) {
    const publishing = publisher.publish("iot/x", payload as number);
    const { message } = await rejection(publishing, TypeError);
    const rule = "it must be text, bytes or a finite number";
    assertEquals(message, `Payload is ${payload}: ${rule}`);
  }
  await publisher.publish("iot/x", 0, { qos: 1 });
  await rejection(publisher.flush(), AggregateError, "6 messages");
  assertEquals(broker.all("publish").length, 1);
});

Deno.test("Unfinished.whenFinished() waits for what began before it, in whichever order that ends", async () => {
  const unfinished = new Unfinished();
  const ended: string[] = [];
  const wait = (name: string) =>
    unfinished.whenFinished().then(() => ended.push(name));
  await within("nothing", wait("none"));
  const first = unfinished.begin();
  const waits = [wait("first"), wait("first again")];
  const second = unfinished.begin();
  waits.push(wait("second"));
  unfinished.begin();
  assertEquals(unfinished.count, 3);
  unfinished.finish(second);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(ended, ["none"]);
  unfinished.finish(first);
  await within("both", Promise.all(waits));
  assertEquals(ended, ["none", "first", "first again", "second"]);
  assertEquals(unfinished.count, 1);
});
