import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { NEVER_EXPIRES, openClient } from "../../../testing/clients/clients.ts";
import {
  disconnect5,
  OPTION,
  subscribe5,
  TYPE5,
  type Will5,
} from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
} from "../../../testing/clients/properties5.ts";
import {
  subscribeRaw5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";
import {
  ABOUT,
  aboutOf,
  openSession5,
  publishOnce5,
} from "../../../testing/clients/sessions5.ts";
import { test, times } from "../../../testing/test.ts";

test.store("startBroker() keeps in its store what messages say in MQTT 5, and how long they live", async ({ restart }) => {
  let broker = await restart();
  {
    await using recorder = await openSession5(broker, "recorder");
    await recorder.subscribe({ "iot/#": 2 });
    await recorder.send(disconnect5());
  }
  const expiry = (seconds: number): Property => [
    PROPERTY.messageExpiryInterval,
    seconds,
  ];
  for (const retain of [false, true]) {
    const [brief, long] = retain ? ["b", "d"] : ["a", "c"];
    await publishOnce5(broker, `iot/${brief}`, {
      properties: [expiry(1)],
      retain,
    });
    const properties = [...ABOUT, expiry(100)];
    await publishOnce5(broker, `iot/${long}`, { properties, retain });
  }
  await publishOnce5(broker, "iot/eternal", { properties: ABOUT });
  broker = await restart();
  await pause(2_100);
  broker = await restart();
  await using recorder = await openSession5(broker, "recorder");
  assertEquals(recorder.connack.sessionPresent, 1);
  const received = [
    await recorder.receive(),
    await recorder.receive(),
    await recorder.receive(),
  ];
  assertEquals(
    received.map(({ topic, payload, qos }) => [topic, payload, qos]),
    ["iot/c", "iot/d", "iot/eternal"].map((topic) => [topic, topic, 1]),
  );
  await using newcomer = await subscribeRaw5(broker, { "iot/#": 1 });
  const retained = await newcomer.receive();
  assertEquals([retained.topic, retained.retain], ["iot/d", true]);
  for (const message of [...received, retained]) {
    assertEquals(aboutOf(message), ABOUT, message.topic);
    const left = valuesOf(message, "messageExpiryInterval")[0] as number;
    if (message.topic === "iot/eternal") assertEquals(left, undefined);
    else assert(left! >= 80 && left! <= 98, `${left} s are left of 100`);
  }
  for (const client of [recorder, newcomer]) await client.ping();
});

test.store("startBroker() keeps in its store the options and identifiers of MQTT 5's subscriptions", async ({ restart }) => {
  const { NO_LOCAL, RETAIN_AS_PUBLISHED } = OPTION;
  let broker = await restart();
  {
    await using client = await openSession5(broker, "client");
    const cases = [
      ["a/+", 1 | NO_LOCAL, 1],
      ["b/#", 2 | RETAIN_AS_PUBLISHED, 268_435_455],
      ["+/x", 1, 300],
    ] as const;
    for (const [filter, options, identifier] of cases) {
      const properties: Property[] = [
        [PROPERTY.subscriptionIdentifier, identifier],
      ];
      const packet = subscribe5({ [filter]: options }, { properties });
      await client.ask(TYPE5.SUBACK, packet);
    }
    await client.subscribe({ "end": 1 });
  }
  for (let turn = 0; turn < 2; turn++) {
    broker = await restart();
    // What waits for the session has them, too.
    if (turn === 0) await publishOnce5(broker, "b/x", { retain: true });
    await using client = await openSession5(broker, "client");
    assertEquals(client.connack.sessionPresent, 1);
    if (turn === 1) await publishOnce5(broker, "b/x", { retain: true });
    const both = await client.receive();
    assertEquals([both.topic, both.retain], ["b/x", true]);
    const identifiers = valuesOf(both, "subscriptionIdentifier");
    assertEquals(new Set(identifiers), new Set([300, 268_435_455]));
    await publishOnce5(broker, "c/x", { retain: true });
    const plain = await client.receive();
    assertEquals([plain.topic, plain.retain], ["c/x", false]);
    assertEquals(valuesOf(plain, "subscriptionIdentifier"), [300]);
    await client.publish({ topic: "a/y" });
    await publishOnce5(broker, "a/z");
    const foreign = await client.receive();
    assertEquals(foreign.topic, "a/z");
    assertEquals(valuesOf(foreign, "subscriptionIdentifier"), [1]);
    await publishOnce5(broker, "end");
    const end = await client.receive();
    assertEquals(end.topic, "end");
    assertEquals(valuesOf(end, "subscriptionIdentifier"), []);
    // By then the broker has read each acknowledgement.
    await client.ping();
  }
});

test.store("startBroker() keeps in its store who shares a subscription, and gives each message to one", async ({ restart }) => {
  let broker = await restart();
  const names = ["one", "other"];
  for (const name of names) {
    await using client = await openSession5(broker, name);
    const filters = { "$share/group/jobs/#": 1, [`end/${name}`]: 1 };
    await client.subscribe(filters);
  }
  const topics = times(20, (index) => `jobs/${index}`);
  for (const topic of topics.slice(0, 10)) await publishOnce5(broker, topic);
  broker = await restart();
  for (const topic of topics.slice(10)) await publishOnce5(broker, topic);
  broker = await restart();
  const received: string[] = [];
  for (const name of names) {
    await using client = await openSession5(broker, name);
    await publishOnce5(broker, `end/${name}`);
    for (let topic = ""; topic !== `end/${name}`;) {
      topic = (await client.receive()).topic;
      received.push(topic);
    }
  }
  const ends = names.map((name) => `end/${name}`);
  assertEquals(received.toSorted(), [...topics, ...ends].toSorted());
});

test.store("startBroker() gives a stored session to its client in whichever version it comes back", async ({ restart }) => {
  let broker = await restart();
  {
    const options = { clientId: "old", clean: false };
    await using client = await openClient(broker.url, options);
    await client.subscribe("iot/#", 1);
  }
  {
    await using client = await openSession5(broker, "new");
    await client.subscribe({ "iot/#": 1 });
  }
  broker = await restart();
  await publishOnce5(broker, "iot/x", { properties: ABOUT });
  broker = await restart();
  await using renewed = await openSession5(broker, "old");
  assertEquals(renewed.connack.sessionPresent, 1);
  const message = await renewed.receive();
  assertEquals([message.topic, aboutOf(message)], ["iot/x", ABOUT]);
  await using aged = await openClient(broker.url, {
    clientId: "new",
    clean: false,
  });
  assertEquals((await aged.untilReceived(1))[0]?.topic, "iot/x");
});

test.store("startBroker() keeps a session in its store for as long as its client has asked", async ({ restart }) => {
  let broker = await restart();
  const expiries = {
    brief: 1,
    long: 60,
    shortened: 60,
    eternal: NEVER_EXPIRES,
  };
  for (const [name, expiry] of Object.entries(expiries)) {
    await using client = await openSession5(broker, name, { expiry });
    await client.subscribe({ "iot/#": 1 });
    if (name !== "shortened") continue;
    await client.send(disconnect5(0, [[PROPERTY.sessionExpiryInterval, 1]]));
    // It has read what it was sent once it closes.
    assertEquals(await client.end(), undefined);
  }
  broker = await restart();
  await pause(1_500);
  broker = await restart();
  const present: Record<string, number> = {};
  for (const name of Object.keys(expiries)) {
    await using client = await openSession5(broker, name);
    present[name] = client.connack.sessionPresent;
  }
  assertEquals(present, { brief: 0, long: 1, shortened: 0, eternal: 1 });
});

test.store("startBroker() keeps in its store the wills that wait, with what they say", async ({ restart }) => {
  let broker = await restart();
  const will = (topic: string, delay: number): Will5 => ({
    topic,
    payload: topic,
    qos: 1,
    properties: [[PROPERTY.willDelayInterval, delay], ...ABOUT],
  });
  {
    await using watcher = await openSession5(broker, "watcher");
    await watcher.subscribe({ "wills/#": 1 });
    await watcher.send(disconnect5());
  }
  const start = performance.now();
  for (const [name, delay] of [["due", 1], ["back", 2], ["late", 4]] as const) {
    const fields = { will: will(`wills/${name}`, delay) };
    const client = await openSession5(broker, name, fields);
    client.close();
  }
  broker = await restart();
  {
    await using back = await openSession5(broker, "back");
    await back.send(disconnect5());
    assertEquals(await back.end(), undefined);
  }
  await broker.close();
  await pause(1_200);
  broker = await restart();
  await using watcher = await openSession5(broker, "watcher");
  const due = await watcher.receive();
  assertEquals([due.topic, due.payload], ["wills/due", "wills/due"]);
  assertEquals(aboutOf(due), ABOUT);
  const late = await watcher.receive();
  assertEquals([late.topic, aboutOf(late)], ["wills/late", ABOUT]);
  const waited = performance.now() - start;
  assert(waited > 3_500 && waited < 8_000, `It came after ${waited} ms`);
  await watcher.ping();
});
