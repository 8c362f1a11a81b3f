import { assertEquals, assertRejects } from "@std/assert";
import { type BrokerOptions, startBroker } from "../../broker.ts";
import { CA, LOCALHOST } from "../../../testing/certificates/certificates.ts";
import { openClient } from "../../../testing/clients/clients.ts";
import {
  acknowledgement,
  connectPacket,
  openRaw,
  publishPacket,
  type RawClient,
  rawPacket,
  readPublish,
  subscribePacket,
  TYPE,
} from "../../../testing/clients/raw_client.ts";

const SCHOOL: BrokerOptions = {
  port: 0,
  users: { ann: "secret", bob: "hidden" },
  rules: [
    { user: "ann", publish: ["iot/ann/#"], subscribe: ["#"] },
    { user: "bob", publish: ["iot/bob/+"] },
    { subscribe: ["iot/#", "news"] },
  ],
};
const ANN = { user: "ann", password: "secret" };
const BOB = { user: "bob", password: "hidden" };

/** Sends a ping: what comes before its answer was all that was to come. */
async function untilPingresp(client: RawClient): Promise<string[]> {
  await client.send(rawPacket(TYPE.PINGREQ));
  const topics = [];
  while (true) {
    const packet = await client.next();
    if (packet?.header === TYPE.PINGRESP) return topics;
    topics.push(readPublish(packet!).topic);
  }
}

Deno.test("startBroker() refuses a wrong password with 4 and none with 5, on any transport", async () => {
  await using broker = await startBroker({
    ...SCHOOL,
    websocketPort: 0,
    tls: { ...LOCALHOST, port: 0, websocketPort: 0 },
  });
  const { url: tcp, websocketUrl, tlsUrl, secureWebsocketUrl } = broker;
  for (const url of [tcp, websocketUrl!, tlsUrl!, secureWebsocketUrl!]) {
    const wrong = { username: "ann", password: "wrong", ca: CA };
    const error = await assertRejects(() => openClient(url, wrong));
    assertEquals((error as Error & { code: number }).code, 4);
    // Closing at once after CONNACK could lose it: hence more than one attempt.
    for (let attempt = 0; attempt < 10; attempt++) {
      const none = await assertRejects(() => openClient(url, { ca: CA }));
      assertEquals((none as Error & { code: number }).code, 5);
    }
  }
  await using client = await openClient(broker.url, {
    username: "ann",
    password: "secret",
  });
  assertEquals(client.client.connected, true);
});

Deno.test("startBroker() refuses filters of which nothing may be read, and spares the others", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    ...SCHOOL,
    log: (line) => lines.push(line),
  });
  await using bob = await openRaw(broker, { ...BOB, clientId: "bob" });
  await bob.send(
    subscribePacket({ "x/#": 2, "iot/#": 2, "secret": 1, "news": 1, "+/y": 0 }),
  );
  const suback = await bob.next();
  assertEquals(suback?.header, TYPE.SUBACK);
  assertEquals([...suback!.body], [0, 1, 128, 2, 128, 1, 0]);
  await using ann = await openRaw(broker, ANN);
  await ann.send(publishPacket({ topic: "iot/ann/x", payload: "hi" }));
  assertEquals(readPublish((await bob.next())!).topic, "iot/ann/x");
  const line = 'Client "bob" may not subscribe to "x/#" and 1 more';
  assertEquals(lines.filter((one) => one.includes("may not")), [line]);
});

Deno.test("startBroker() keeps nothing for a session on a filter that it refused", async () => {
  await using broker = await startBroker({
    port: 0,
    rules: [{ publish: ["#"], subscribe: ["news"] }],
  });
  const session = { clientId: "reader", clean: false };
  const first = await openRaw(broker, session);
  await first.send(subscribePacket({ "news": 1, "secret": 1 }));
  assertEquals([...(await first.next())!.body], [0, 1, 1, 128]);
  first.close();
  await using publisher = await openRaw(broker, {});
  for (const topic of ["secret", "news"]) {
    await publisher.send(publishPacket({ topic, qos: 1 }));
    assertEquals((await publisher.next())?.header, TYPE.PUBACK);
  }
  await using second = await openRaw(broker, session);
  assertEquals(await untilPingresp(second), ["news"]);
});

Deno.test("startBroker() lets nobody publish on $SYS, rules or not", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await openRaw(broker, {});
  await client.send(subscribePacket({ "$SYS/fake/#": 1, "wills/#": 1 }));
  assertEquals([...(await client.next())!.body], [0, 1, 1, 1]);
  await client.send(publishPacket({ topic: "$SYS/fake/version", qos: 1 }));
  assertEquals((await client.next())?.header, TYPE.PUBACK);
  for (const topic of ["$SYS/fake/will", "wills/last"]) {
    (await openRaw(broker, { will: { topic, payload: "" } })).close();
  }
  assertEquals(readPublish((await client.next())!).topic, "wills/last");
});

Deno.test("startBroker() acknowledges a forbidden PUBLISH, drops it, and keeps the connection", async () => {
  const lines: string[] = [];
  await using broker = await startBroker({
    ...SCHOOL,
    rules: [...SCHOOL.rules!, { user: "ann", subscribe: ["$SYS/#"] }],
    log: (line) => lines.push(line),
  });
  // A session that outlives its client mustn't get it later, either.
  const offline = { ...ANN, clientId: "offline", clean: false };
  await using first = await openRaw(broker, offline);
  await first.send(subscribePacket({ "#": 2, "$SYS/#": 2 }));
  await first.next();
  first.close();
  await using ann = await openRaw(broker, ANN);
  await ann.send(subscribePacket({ "#": 2 }));
  await ann.next();

  await using bob = await openRaw(broker, { ...BOB, clientId: "bob" });
  for (const topic of ["secret", "$SYS/broker/uptime"]) {
    const message = { topic, payload: "forbidden", retain: true };
    await bob.send(
      publishPacket(message),
      publishPacket({ ...message, qos: 1, id: 7 }),
      publishPacket({ ...message, qos: 2, id: 8 }),
    );
    const answers = [await bob.next(), await bob.next()];
    await bob.send(acknowledgement(TYPE.PUBREL, 8));
    answers.push(await bob.next());
    assertEquals(
      answers.map((answer) => [answer?.header, answer?.body[1]]),
      [[TYPE.PUBACK, 7], [TYPE.PUBREC, 8], [TYPE.PUBCOMP, 8]],
    );
  }
  await bob.send(publishPacket({ topic: "iot/bob/x", qos: 1 }));
  assertEquals((await bob.next())?.header, TYPE.PUBACK);

  assertEquals(await untilPingresp(ann), ["iot/bob/x"]);
  await using second = await openRaw(broker, offline);
  assertEquals(await untilPingresp(second), ["iot/bob/x"]);
  // Nor was it kept for those who subscribe later.
  await using later = await openRaw(broker, ANN);
  await later.send(subscribePacket({ "#": 0 }));
  await later.next();
  assertEquals(await untilPingresp(later), []);
  // A flood of them doesn't flood the log.
  for (let count = 7; count <= 1_000; count++) {
    await bob.send(publishPacket({ topic: "secret", qos: 1 }));
    assertEquals((await bob.next())?.header, TYPE.PUBACK);
  }
  const dropped = lines.filter((line) => line.includes("may not publish"));
  const refusal = 'Client "bob" may not publish on "secret":';
  assertEquals(dropped.length, 101);
  assertEquals(dropped[0], `${refusal} message dropped`);
  assertEquals(dropped.at(-1), `${refusal} 1000 messages dropped so far`);
});

Deno.test("startBroker() drops a will on a forbidden topic", async () => {
  await using broker = await startBroker(SCHOOL);
  await using ann = await openRaw(broker, ANN);
  await ann.send(subscribePacket({ "#": 0 }));
  await ann.next();
  for (const topic of ["secret", "$SYS/x", "iot/bob/gone"]) {
    const will = { topic, payload: "bob has died" };
    const bob = await openRaw(broker, { ...BOB, will });
    bob.close();
  }
  const first = readPublish((await ann.next())!);
  assertEquals(first.topic, "iot/bob/gone");
});

Deno.test("startBroker() gives nobody a session that another user has left", async () => {
  await using broker = await startBroker(SCHOOL);
  const session = { clientId: "recorder", clean: false };
  await using ann = await openRaw(broker, { ...ANN, ...session });
  await ann.send(subscribePacket({ "#": 1 }));
  await ann.next();
  ann.close();
  await using publisher = await openRaw(broker, ANN);
  await publisher.send(publishPacket({ topic: "iot/ann/diary", qos: 1 }));
  await publisher.next();
  await using bob = await openRaw(broker);
  await bob.send(connectPacket({ ...BOB, ...session }));
  // No session is present.
  assertEquals([...(await bob.next())!.body], [0, 0]);
  assertEquals(await untilPingresp(bob), []);
});
