import { assertEquals, assertRejects } from "@std/assert";
import type { Packet } from "mqtt-packet";
import { connect, type ConnectOptions, type Will } from "./connect.ts";
import { Message } from "./message.ts";
import type { PublishProperties } from "./properties.ts";
import { publishOnce } from "./publish_once.ts";
import { Publisher } from "./publisher.ts";
import { Sensor } from "./sensor.ts";
import { subscribe, type SubscribeOptions } from "./subscribe.ts";
import { rejection, within } from "../testing/deadline.ts";
import { startMosquitto } from "../testing/brokers/mosquitto.ts";
import { peerTest } from "../testing/peers.ts";
import { startProcess } from "../testing/processes.ts";
import type { ScriptedBroker } from "../testing/brokers/scripted_broker.ts";
import { QUIET, silent } from "../testing/brokers/scripts.ts";
import { test } from "../testing/peer_tests.ts";

const MQTT5 = { protocolVersion: 5, ...QUIET } as const;

function first<Command extends Packet["cmd"]>(
  { packets }: ScriptedBroker,
  command: Command,
) {
  return packets.find((packet): packet is Packet & { cmd: Command } =>
    packet.cmd === command
  );
}

test.scripted("connect() sends its properties and the will's", async (broker) => {
  const properties = {
    sessionExpiryInterval: 60,
    receiveMaximum: 5,
    maximumPacketSize: 1000,
    topicAliasMaximum: 3,
    requestResponseInformation: true,
    requestProblemInformation: false,
    userProperties: { room: "kitchen" },
  };
  const willProperties = {
    willDelayInterval: 10,
    payloadFormatIndicator: true,
    messageExpiryInterval: 20,
    contentType: "text/plain",
    responseTopic: "gate/answers",
    correlationData: "seven",
    userProperties: [["a", "1"], ["b", "2"], ["a", "3"]] as const,
  };
  const will = { topic: "gate", payload: "lost", properties: willProperties };
  await using _client = await connect(broker.url, {
    ...MQTT5,
    properties,
    will,
  });
  const packet = first(broker, "connect");
  assertEquals(plain(packet?.properties), properties);
  assertEquals(plain(packet?.will?.properties), {
    ...willProperties,
    userProperties: { a: ["1", "3"], b: "2" },
  });
});

const LASTING = { clean: false, clientId: "gate" };
const expiries: [ConnectOptions, number | undefined][] = [
  [LASTING, 0xffffffff],
  [{ ...LASTING, properties: { receiveMaximum: 5 } }, 0xffffffff],
  [{ ...LASTING, properties: { sessionExpiryInterval: 0 } }, 0],
  [{ clientId: "gate" }, undefined],
];
for (const [options, expected] of expiries) {
  test.scripted(`connect() keeps the session of ${JSON.stringify(options)} for ${expected} s`, async (broker) => {
    await using _client = await connect(broker.url, { ...MQTT5, ...options });
    const { properties } = first(broker, "connect") ?? {};
    assertEquals(properties?.sessionExpiryInterval, expected);
  });
}

const publishProperties: PublishProperties = {
  payloadFormatIndicator: true,
  messageExpiryInterval: 60,
  responseTopic: "iot/answers",
  correlationData: new Uint8Array([0, 255, 7]),
  userProperties: [["b", "1"], ["a", "2"], ["b", "3"], ["", ""], ["2", "x"]],
  contentType: "text/plain",
};

test.mosquitto("a message's properties arrive as they were published", async () => {
  await using mosquitto = await startMosquitto();
  const { url } = mosquitto;
  const received: Message[] = [];
  const { promise: allCame, resolve } = Promise.withResolvers<void>();
  await using _subscription = await subscribe(
    url,
    ["iot/#", { qos: 1, subscriptionIdentifier: 300 }],
    (message) => {
      received.push(message);
      if (received.length === 3) resolve();
    },
    false,
    MQTT5,
  );
  const properties = publishProperties;
  await using publisher = await Publisher.connect(url, MQTT5);
  await publisher.publish("iot/x", "1", { qos: 1, properties });
  await using sensor = new Sensor(0.01, [0, 1], "iot/y", {
    ...MQTT5,
    host: url,
    messageProperties: properties,
  });
  await sensor.start();
  await publishOnce(url, { topic: "iot/z", qos: 2, properties }, MQTT5);
  await within("the messages", allCame);
  for (const message of received) {
    const { messageExpiryInterval: left = 0 } = message.properties;
    assertEquals(left >= 59 && left <= 60, true, `${left}`);
    assertEquals(plain(message.properties), {
      ...properties,
      messageExpiryInterval: left,
      correlationData: "\u0000\ufffd\u0007",
      userProperties: { b: ["1", "3"], a: "2", "": "", 2: "x" },
      subscriptionIdentifier: 300,
    });
  }
});

peerTest(
  ["mosquitto", "mosquitto_sub"],
  "publish() keeps the order of user properties, and names that come twice",
  async ({ mosquitto_sub }) => {
    await using mosquitto = await startMosquitto();
    await publishOnce(mosquitto.url, {
      topic: "iot/x",
      payload: "1",
      retain: true,
      qos: 1,
      properties: publishProperties,
    }, MQTT5);
    const { host, port } = mosquitto;
    const args = ["-h", host, "-p", `${port}`, "-V", "5", "-t", "iot/x"];
    await using subscriber = startProcess(mosquitto_sub, [
      ...[...args, "-C", "1", "-W", "10"],
      ...["-F", "%P|%C|%R"],
    ]);
    assertEquals(
      (await subscriber.end()).stdout,
      "b:1 a:2 b:3 : 2:x|text/plain|iot/answers\n",
    );
  },
);

Deno.test("a message of MQTT 3.1.1 has no properties", () => {
  assertEquals(Message.from("iot/x", "").properties, {});
  const { properties } = Message.from("iot/x", "", {
    properties: { contentType: "text/plain" },
  });
  assertEquals(properties.contentType, "text/plain");
});

const faults: [PublishProperties, string][] = [
  [
    { messageExpiryInterval: -1 },
    "Property messageExpiryInterval is -1: it must be a whole number from 0 to 4294967295",
  ],
  [{ messageExpiryInterval: 1.5 }, "messageExpiryInterval is 1.5"],
  [{ contentType: 5 as never }, "Property contentType is 5: it must be a text"],
  [{ contentType: "a\0" }, "Property contentType has a NUL character"],
  [
    { contentType: "é".repeat(40_000) },
    "Property contentType has 80,000 bytes: it must have 65,535 at most",
  ],
  [{ responseTopic: "a/#" }, '"a/#": the wildcards'],
  [
    { correlationData: 7 as never },
    "Property correlationData is 7: it must be a text or bytes",
  ],
  [
    { payloadFormatIndicator: 1 as never },
    "Property payloadFormatIndicator is 1: it must be true or false",
  ],
  [
    { userProperties: "a" as never },
    "Property userProperties is a: it must be an object",
  ],
  [
    { userProperties: { a: 1 as never } },
    "Property userProperties is 1: it must be a text",
  ],
  [
    { userProperties: [["a"] as never] },
    "Property userProperties is undefined",
  ],
  [{ userProperties: [["a", "b", "c"] as never] }, "a list of pairs"],
  [
    { colour: "red" } as never,
    "Property colour is unknown: it must be one of payloadFormatIndicator, ",
  ],
];
for (const [properties, message] of faults) {
  test.scripted(`publish() rejects: ${message.slice(0, 60)}`, async (broker) => {
    await using publisher = await Publisher.connect(broker.url, MQTT5);
    for (const qos of [0, 1] as const) {
      const error = await assertRejects(() =>
        publisher.publish("iot/x", "", { qos, properties })
      ) as Error;
      assertEquals(/^(TypeError|RangeError)$/.test(error.name), true);
      assertEquals(error.message.includes(message), true, error.message);
    }
    await publisher.publish("iot/x", "", { qos: 1 });
    await publisher.flush().catch(() => {});
    assertEquals(broker.connections.length, 1);
  });
}

const misuses: [string, ConnectOptions & SubscribeOptions, string][] = [
  ["the connection", { properties: {} }, "Properties of the connection"],
  [
    "the will",
    { will: { topic: "a", payload: "", properties: {} } as Will },
    "Properties of the will",
  ],
  ["topic aliases", { topicAliases: true }, "Topic aliases"],
  ["noLocal", { noLocal: false }, "Options of a subscription"],
  ["retainHandling", { retainHandling: 2 }, "Options of a subscription"],
  ["an identifier", { subscriptionIdentifier: 1 }, "Options of a subscription"],
];
for (const [name, options, what] of misuses) {
  Deno.test(`subscribe() rejects ${name} without MQTT 5`, async () => {
    await rejection(
      subscribe("x", "a", silent, false, options),
      TypeError,
      `${what} are given, and MQTT 3.1.1 has none: protocolVersion must be 5`,
    );
  });
}

test.scripted("publishOnce() rejects properties without MQTT 5", async (broker) => {
  const message = { topic: "iot/x", properties: {} };
  for (const qos of [0, 1] as const) {
    await rejection(
      publishOnce(broker.url, { ...message, qos }, { protocolVersion: 3 }),
      TypeError,
      "Properties of a message are given, and MQTT 3.1 has none: protocolVersion must be 5",
    );
  }
  assertEquals(first(broker, "publish"), undefined);
});

/** Properties with plain objects and texts in them, to compare. */
function plain(properties: object | undefined): unknown {
  const texts = Object.entries(properties ?? {}).map(([name, value]) => {
    if (value instanceof Uint8Array) return [name, String(value)];
    const isRecord = typeof value === "object" && !Array.isArray(value);
    return [name, isRecord ? { ...value } : value];
  });
  return Object.fromEntries(texts);
}
