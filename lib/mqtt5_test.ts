import { assert, assertEquals } from "@std/assert";
import { connect } from "./connect.ts";
import type { Message } from "./message.ts";
import { publishMany, publishOnce } from "./publish_once.ts";
import { Publisher } from "./publisher.ts";
import { subscribe } from "./subscribe.ts";
import { assertTopicFilter } from "./topics.ts";
import type { Topics } from "./client/topic_requests.ts";
import { rejection, within } from "../testing/deadline.ts";
import { startMosquitto } from "../testing/brokers/mosquitto.ts";
import { startScriptedBroker } from "../testing/brokers/scripted_broker.ts";
import {
  collector,
  KEPT,
  listen,
  QUIET,
  silent,
} from "../testing/brokers/scripts.ts";
import { times } from "../testing/test.ts";
import { test } from "../testing/peer_tests.ts";

const MQTT5 = { protocolVersion: 5, ...QUIET } as const;

/** What MQTT 5 brings, on a broker that speaks it. */
const behaviours: Record<string, (url: string) => Promise<void>> = {
  async "a session that outlives its client is kept without an expiry"(url) {
    const { take, have, texts } = collector();
    const options = { ...KEPT, ...MQTT5 };
    const open = () => subscribe(url, ["iot/#", 1], take, false, options);
    await (await open()).close();
    const waiting = times(3, (payload) => (
      { topic: "iot/x", payload, qos: 1 } as const
    ));
    await publishMany(url, waiting, MQTT5);
    await using subscription = await open();
    await have(3);
    assertEquals(texts, ["iot/x 0", "iot/x 1", "iot/x 2"]);
    assert(subscription.client.sessionPresent);
    await subscription.client.close({ sessionExpiryInterval: 0 });
  },

  async "close() can end a session that was to be kept"(url) {
    const options = { ...MQTT5, clientId: "gate", clean: false };
    await (await connect(url, options)).close();
    const second = await connect(url, options);
    assert(second.sessionPresent);
    await second.close({ sessionExpiryInterval: 0 });
    const third = await connect(url, options);
    assert(!third.sessionPresent);
    await third.close({ sessionExpiryInterval: 0 });
  },

  async "close() can have the will published"(url) {
    const { take, have, texts } = collector();
    await using _watcher = await subscribe(url, "gate", take, false);
    const will = { topic: "gate", payload: "closed with 4" };
    await (await connect(url, { ...MQTT5, will })).close();
    await (await connect(url, { ...MQTT5, will })).close({ reasonCode: 4 });
    await have(1);
    assertEquals(texts, ["gate closed with 4"]);
  },

  async "noLocal keeps back what the client has published itself"(url) {
    const { take, have, texts } = collector();
    const options = { ...MQTT5, noLocal: true };
    await using subscription = await listen({ url }, take, options);
    await subscription.client.publishAsync("iot/own", "1", { qos: 1 });
    await publishOnce(url, { topic: "iot/other", payload: "2" });
    await have(1);
    assertEquals(texts, ["iot/other 2"]);
  },

  async "retain options say which messages come, and how"(url) {
    const { take, have } = collector();
    const messages: Message[] = [];
    const kept = { payload: "old", retain: true, qos: 1 } as const;
    await publishMany(url, [{ topic: "a", ...kept }, { topic: "b", ...kept }]);
    const asPublished = { retainHandling: 2, retainAsPublished: true } as const;
    const topics: Topics = [["a", asPublished], ["b", 0]];
    await using _subscription = await listen({ url }, (message) => {
      messages.push(message);
      take(message);
    }, { ...MQTT5, topics, subscriptionIdentifier: 7 });
    const live = { ...kept, payload: "new" };
    await publishMany(url, [{ topic: "a", ...live }, { topic: "b", ...live }]);
    await have(3);
    const texts = messages.map(({ topic, text, retain, properties }) =>
      `${topic} ${text} ${retain} ${properties.subscriptionIdentifier}`
    );
    assertEquals(texts.sort(), [
      "a new true 7",
      "b new false 7",
      "b old true 7",
    ]);
  },

  async "a shared subscription gives each message to one of its group"(url) {
    const received: string[][] = [[], []];
    const allCame = Promise.withResolvers<void>();
    await using first = await share(0);
    await using second = await share(1);
    await publishMany(
      url,
      times(20, (number) => (
        { topic: `iot/${number}`, payload: number, qos: 1 }
      )),
    );
    await within("the messages", allCame.promise);
    assert(first && second);
    assert(received.every(({ length }) => length > 0), `${received}`);
    const numbers = received.flat().map(Number).sort((a, b) => a - b);
    assertEquals(numbers, times(20, (number) => number));

    function share(index: number) {
      return listen({ url }, ({ text }) => {
        received[index]!.push(text);
        if (received.flat().length === 20) allCame.resolve();
      }, { ...MQTT5, topics: ["$share/readers/iot/#", 1] });
    }
  },

  async "topic aliases shorten a topic that was sent before"(url) {
    const { take, have, texts } = collector();
    const properties = { topicAliasMaximum: 5 };
    const all = { ...MQTT5, topics: "#", properties };
    await using subscription = await listen({ url }, take, all);
    const options = { ...MQTT5, topicAliases: true };
    await using publisher = await Publisher.connect(url, options);
    const sent: string[] = [];
    publisher.client.on("packetsend", (packet) => {
      if (packet.cmd === "publish") {
        sent.push(`${packet.topic} ${packet.properties?.topicAlias}`);
      }
    });
    for (const topic of ["iot/a", "iot/b", "iot/a", "iot/a", "iot/b"]) {
      await publisher.publish(topic, "1", { qos: 1 });
    }
    await have(5);
    assertEquals(sent, ["iot/a 1", "iot/b 2", " 1", " 1", " 2"]);
    assertEquals(texts, [
      "iot/a 1",
      "iot/b 1",
      "iot/a 1",
      "iot/a 1",
      "iot/b 1",
    ]);
    assert(subscription.client.connected);
  },

  async "receiveMaximum bounds what is in flight to a client"(url) {
    const done = Promise.withResolvers<void>();
    let count = 0;
    const endCame = Promise.withResolvers<void>();
    await using subscription = await subscribe(
      url,
      ["iot/x", 1],
      () => done.promise,
      false,
      { ...MQTT5, properties: { receiveMaximum: 3 } },
    );
    subscription.client.on("packetreceive", (packet) => {
      if (packet.cmd !== "publish") return;
      if (packet.qos === 0) endCame.resolve();
      else count++;
    });
    await publishMany(url, [
      ...times(10, () => ({ topic: "iot/x", qos: 1 as const })),
      { topic: "iot/x" },
    ]);
    await within("the message of QoS 0", endCame.promise);
    done.resolve();
    assertEquals(count, 3);
  },
};

for (const [name, behaviour] of Object.entries(behaviours)) {
  test.broker(`${name}, on the embedded broker`, async (broker) => {
    await within(name, behaviour(broker.url), 20_000);
  });
  test.mosquitto(`${name}, on mosquitto`, async () => {
    await using mosquitto = await startMosquitto();
    await within(name, behaviour(mosquitto.url), 20_000);
  });
}

test.scripted("close() rejects what DISCONNECT can't say, and leaves the connection", async (broker) => {
  await using plain = await connect(broker.url);
  await rejection(
    plain.close({ reasonCode: 4 }),
    TypeError,
    "Reason code or session expiry are given, and MQTT 3.1.1 has none",
  );
  await using client = await connect(broker.url, MQTT5);
  const closing = client.close({ sessionExpiryInterval: 60 });
  await rejection(closing, RangeError, "Session expiry is 60: it must be 0");
  await rejection(
    client.close({ reasonCode: 5 as 4 }),
    RangeError,
    "Reason code is 5: it must be 0 or 4",
  );
  assert(plain.connected && client.connected);
});

Deno.test("topic aliases are those of the connection, also for what is sent again", async () => {
  let connections = 0;
  await using broker = await startScriptedBroker((packet) => {
    if (packet.cmd === "publish" && connections === 1) return "answered";
    if (packet.cmd !== "connect") return;
    connections++;
    return {
      cmd: "connack",
      reasonCode: 0,
      sessionPresent: false,
      properties: { topicAliasMaximum: 1 },
    };
  });
  const options = { ...MQTT5, topicAliases: true };
  await using publisher = await Publisher.connect(broker.url, options);
  const published = ["1", "2"].map((text) =>
    publisher.publish("iot/x", text, { qos: 1 })
  );
  await broker.received("publish", 2);
  broker.connections[0]!.socket.destroy();
  await within("the answers", Promise.all(published));
  const sent = broker.packets.flatMap((packet) =>
    packet.cmd === "publish"
      ? [`${packet.topic} ${packet.properties?.topicAlias} ${packet.payload}`]
      : []
  );
  assertEquals(sent, ["iot/x 1 1", " 1 2", "iot/x 1 1", " 1 2"]);
});

Deno.test("subscribe() rejects a shared subscription that can't be", async () => {
  for (const filter of ["$share/", "$share/g", "$share/g/", "$share//a"]) {
    await rejection(
      subscribe("x", filter, silent, false),
      TypeError,
      `Topic filter is "${filter}": a shared one must be $share/group/filter`,
    );
  }
  const subscribing = subscribe("x", "$share/a+/b", silent, false);
  await rejection(subscribing, TypeError, "its group must have no wildcard");
  await rejection(
    subscribe("x", "$share/g/a", silent, false, { ...MQTT5, noLocal: true }),
    TypeError,
    "can't be subscribed to with noLocal",
  );
  for (const filter of ["$share", "$share/g//", "$share/g/#", "$shared/a"]) {
    assertTopicFilter(filter);
  }
});

test.scripted("a client's own subscribe() rejects what only MQTT 5 has", async (broker) => {
  await using client = await connect(broker.url);
  await rejection(
    client.subscribeAsync("a", { qos: 0, nl: true }),
    TypeError,
    "Options of a subscription are given",
  );
  await rejection(
    client.subscribeAsync({ a: { qos: 0, rh: 1 } }),
    TypeError,
    "Options of a subscription are given",
  );
});
