import { assertEquals, assertRejects } from "@std/assert";
import { type BrokerOptions, startBroker } from "../../broker.ts";
import { formatHash, hashPassword } from "./password_hash.ts";
import { CA } from "../../../testing/certificates/certificates.ts";
import { openClient } from "../../../testing/clients/clients.ts";
import {
  acknowledgement,
  openRaw,
  publishPacket,
  type RawClient,
  rawPacket,
  readPublish,
  subscribeRaw,
  TYPE,
} from "../../../testing/clients/raw_client.ts";
import { test } from "../../../testing/test.ts";
import {
  connectRaw5,
  subscribeRaw5,
} from "../../../testing/clients/raw_client5.ts";
import {
  EVERYWHERE,
  openBroker,
  urlsOf,
} from "../../../testing/brokers/embedded_broker.ts";

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
  await using broker = await startBroker({ ...SCHOOL, ...EVERYWHERE });
  for (const url of urlsOf(broker)) {
    const wrong = { username: "ann", password: "wrong", ca: CA };
    const error = await assertRejects(() => openClient(url, wrong));
    assertEquals((error as Error & { code: number }).code, 4);
    // Closing at once after CONNACK could lose it: hence more than one attempt.
    for (let attempt = 0; attempt < 10; attempt++) {
      const none = await assertRejects(() => openClient(url, { ca: CA }));
      assertEquals((none as Error & { code: number }).code, 5);
    }
  }
  const right = { username: "ann", password: "secret" };
  await using client = await openClient(broker.url, right);
  assertEquals(client.client.connected, true);
});

Deno.test("startBroker() refuses filters of which nothing may be read, and spares the others", async () => {
  await using broker = await openBroker(SCHOOL);
  await using bob = await openRaw(broker, { ...BOB, clientId: "bob" });
  const filters = {
    "x/#": 2,
    "iot/#": 2,
    secret: 1,
    news: 1,
    "+/y": 0,
  } as const;
  assertEquals(await bob.subscribe(filters), [128, 2, 128, 1, 0]);
  await using ann = await openRaw(broker, ANN);
  await ann.send(publishPacket({ topic: "iot/ann/x", payload: "hi" }));
  assertEquals((await bob.message()).topic, "iot/ann/x");
  const line = 'Client "bob" may not subscribe to "x/#" and 1 more';
  assertEquals(broker.lines.filter((one) => one.includes("may not")), [line]);
});

Deno.test("startBroker() keeps nothing for a session on a filter that it refused", async () => {
  const rules = [{ publish: ["#"], subscribe: ["news"] }];
  await using broker = await openBroker({ rules });
  const session = { clientId: "reader", clean: false };
  const first = await openRaw(broker, session);
  assertEquals(await first.subscribe({ "news": 1, "secret": 1 }), [1, 128]);
  first.close();
  await using publisher = await openRaw(broker, {});
  for (const topic of ["secret", "news"]) {
    await publisher.publish({ topic, qos: 1 });
  }
  await using second = await openRaw(broker, session);
  assertEquals(await untilPingresp(second), ["news"]);
});

test.broker("startBroker() lets nobody publish on $SYS, rules or not", async (broker) => {
  await using client = await openRaw(broker, {});
  const codes = await client.subscribe({ "$SYS/fake/#": 1, "wills/#": 1 });
  assertEquals(codes, [1, 1]);
  await client.publish({ topic: "$SYS/fake/version", qos: 1 });
  for (const topic of ["$SYS/fake/will", "wills/last"]) {
    (await openRaw(broker, { will: { topic, payload: "" } })).close();
  }
  assertEquals((await client.message()).topic, "wills/last");
});

Deno.test("startBroker() acknowledges a forbidden PUBLISH, drops it, and keeps the connection", async () => {
  const rules = [...SCHOOL.rules!, { user: "ann", subscribe: ["$SYS/#"] }];
  await using broker = await openBroker({ ...SCHOOL, rules });
  // A session that outlives its client mustn't get it later, either.
  const offline = { ...ANN, clientId: "offline", clean: false };
  (await subscribeRaw(broker, { "#": 2, "$SYS/#": 2 }, offline)).close();
  await using ann = await subscribeRaw(broker, { "#": 2 }, ANN);

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
  await bob.publish({ topic: "iot/bob/x", qos: 1 });

  assertEquals(await untilPingresp(ann), ["iot/bob/x"]);
  await using second = await openRaw(broker, offline);
  assertEquals(await untilPingresp(second), ["iot/bob/x"]);
  // Nor was it kept for those who subscribe later.
  await using later = await subscribeRaw(broker, { "#": 0 }, ANN);
  assertEquals(await untilPingresp(later), []);
  // A flood of them doesn't flood the log.
  for (let count = 7; count <= 1_000; count++) {
    await bob.publish({ topic: "secret", qos: 1 });
  }
  const dropped = broker.lines.filter((line) => /may not publish/.test(line));
  const refusal = 'Client "bob" may not publish on "secret":';
  assertEquals(dropped.length, 101);
  assertEquals(dropped[0], `${refusal} message dropped`);
  assertEquals(dropped.at(-1), `${refusal} 1000 messages dropped so far`);
});

const { DISCONNECT } = TYPE;

/** A broker with a password file and an ACL file, and what writes them anew. */
async function startWithFiles(folder: string, acl: string) {
  const passwordFile = `${folder}/passwords`;
  const aclFile = `${folder}/acl`;
  const setUsers = async (users: Record<string, string>) => {
    const lines = Object.entries(users).map(async ([user, password]) =>
      `${user}:${formatHash(await hashPassword(password, 1_000))}\n`
    );
    await Deno.writeTextFile(passwordFile, (await Promise.all(lines)).join(""));
  };
  await setUsers({ ann: "secret", bob: "hidden" });
  await Deno.writeTextFile(aclFile, acl);
  const broker = await startBroker({ port: 0, passwordFile, aclFile });
  const setRules = (text: string) => Deno.writeTextFile(aclFile, text);
  return { ...broker, setUsers, setRules };
}

test.folder("startBroker() delivers no longer what new rules forbid, to who is connected or away", async (folder) => {
  await using broker = await startWithFiles(folder, "topic a/#\ntopic b/#\n");
  await broker.setRules("pattern readwrite #\n");
  await broker.reloadAccess();
  const away = { ...BOB, clientId: "away", clean: false };
  (await subscribeRaw(broker, { "#": 1 }, away)).close();
  await using bob = await subscribeRaw5(broker, { "#": 1 }, BOB);
  await using ann = await connectRaw5(broker, ANN);
  const publish = async (topic: string) =>
    (await ann.publish({ topic, qos: 1 })).reason;
  assertEquals(await publish("news"), 0);
  assertEquals((await bob.receive()).topic, "news");
  await broker.setRules("user ann\ntopic #\nuser bob\ntopic news\n");
  await broker.reloadAccess();
  await publish("secret");
  await publish("news");
  assertEquals((await bob.receive()).topic, "news");
  await bob.ping();
  // Ann may only read now, and Bob nothing: not even what waits for him.
  await broker.setRules("user ann\ntopic read #\n");
  await broker.reloadAccess();
  assertEquals(await publish("news"), 135);
  await using back = await openRaw(broker, away);
  await back.ping();
});

test.folder("startBroker() cuts a client whose password has changed, or whose user is gone", async (folder) => {
  await using broker = await startWithFiles(folder, "pattern readwrite #\n");
  await using ann = await connectRaw5(broker, ANN);
  await using bob = await connectRaw5(broker, BOB);
  await broker.setUsers({ bob: "new" });
  await broker.reloadAccess();
  for (const client of [ann, bob]) {
    const { type, reason } = (await client.next())!;
    assertEquals([type, reason], [DISCONNECT, 152]);
    assertEquals(await client.next(), undefined);
  }
});

test.folder("startBroker() goes on with who is connected when the files say the same", async (folder) => {
  await using broker = await startWithFiles(folder, "pattern readwrite #\n");
  await using ann = await connectRaw5(broker, ANN);
  await broker.setRules("# the same\npattern readwrite #\n");
  await broker.reloadAccess();
  await ann.ping();
});
