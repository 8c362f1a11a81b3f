import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { IConnackPacket } from "mqtt";
import mqttPacket from "mqtt-packet";
import { refuseByLimits } from "./refusals.ts";
import { PublishError, SubscriptionRefusedError } from "../errors.ts";
import { publishOnce } from "../publish_once.ts";
import { Publisher } from "../publisher.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { QUIET } from "../../testing/brokers/scripts.ts";
import { times } from "../../testing/test.ts";
import { connect } from "../connect.ts";
import { subscribe } from "../subscribe.ts";

const MQTT5 = { protocolVersion: 5, ...QUIET } as const;

function startLimited(properties: IConnackPacket["properties"]) {
  return startScriptedBroker((packet) => {
    if (packet.cmd !== "connect") return;
    return {
      cmd: "connack",
      reasonCode: 0,
      sessionPresent: false,
      properties: properties!,
    };
  });
}

for (const qos of [0, 1, 2] as const) {
  for (const length of [0, 100, 127, 128, 16_376, 16_390, 2_097_160]) {
    Deno.test(`refuseByLimits() counts ${length} bytes at QoS ${qos} to the byte`, () => {
      const properties = {
        contentType: "é",
        userProperties: { a: ["b", "c"] },
      };
      const payload = Buffer.alloc(length);
      const options = { qos, properties };
      const { length: bytes } = mqttPacket.generate({
        ...{ cmd: "publish", topic: "iot/°", payload, qos, properties },
        ...{ retain: false, dup: false, messageId: 1 },
      }, { protocolVersion: 5 });
      const message = { topic: "iot/°", payload, options };
      assertEquals(
        refuseByLimits(message, { maximumPacketSize: bytes }),
        undefined,
      );
      assertEquals(
        refuseByLimits(message, { maximumPacketSize: bytes - 1 })?.name,
        "PublishError",
      );
    });
  }
}

Deno.test("publish() sends nothing that is longer than the broker takes, and goes on", async () => {
  await using broker = await startLimited({ maximumPacketSize: 30 });
  await using publisher = await Publisher.connect(broker.url, MQTT5);
  for (const qos of [0, 1, 2] as const) {
    const publishing = publisher.publish("iot/x", "x".repeat(100), { qos });
    const error = await rejection(publishing, PublishError);
    assertEquals(
      error.message,
      `Message on "iot/x" was not published: its packet has ${
        qos === 0 ? 110 : 112
      } bytes, and the broker takes 30 at most (maximumPacketSize)`,
    );
    assertEquals(error.mayHaveArrived, false);
  }
  await within("PUBACK", publisher.publish("iot/x", "1", { qos: 1 }));
  assertEquals(broker.connections.length, 1);
  await publisher.flush().catch(() => {});
});

Deno.test("publish() refuses many that wait, one after the other", async () => {
  await using broker = await startLimited({ maximumQoS: 0 });
  const options = { ...MQTT5, queueLimit: 50_000 };
  await using publisher = await Publisher.connect(broker.url, options);
  const outcomes = times(
    50_000,
    () => publisher.publish("iot/x", "1", { qos: 1 }),
  );
  const settled = await within("all", Promise.allSettled(outcomes), 20_000);
  assertEquals(settled.every(({ status }) => status === "rejected"), true);
  await publisher.flush().catch(() => {});
});

Deno.test("publish() gives up what is in flight when the broker's new limits forbid it, and sends the rest", async () => {
  let connections = 0;
  await using broker = await startScriptedBroker((packet) => {
    if (packet.cmd === "publish" && connections === 1) return "answered";
    if (packet.cmd !== "connect" || connections++ === 0) return;
    return {
      cmd: "connack",
      reasonCode: 0,
      sessionPresent: true,
      properties: {
        maximumPacketSize: 30,
        maximumQoS: 1,
        retainAvailable: false,
      },
    };
  });
  const options = { ...MQTT5, clientId: "x", clean: false };
  await using publisher = await Publisher.connect(broker.url, options);
  const outcomes = Promise.allSettled([
    publisher.publish("iot/x", "x".repeat(100), { qos: 1 }),
    publisher.publish("iot/x", "1", { qos: 1 }),
    publisher.publish("iot/x", "1", { qos: 2 }),
    publisher.publish("iot/x", "1", { qos: 1, retain: true }),
    publisher.publish("iot/x", "2", { qos: 1 }),
  ]);
  await broker.received("publish", 5);
  broker.connections[0]!.socket.destroy();
  const texts = (await within("all", outcomes)).map((outcome) =>
    outcome.status === "fulfilled" ? "published" : outcome.reason.message
  );
  const unsure = 'Message on "iot/x" may or may not have arrived: ';
  assertEquals(texts, [
    `${unsure}its packet has 112 bytes, and the broker takes 30 at most (maximumPacketSize)`,
    "published",
    `${unsure}it has QoS 2, and the broker takes 1 at most (maximumQoS)`,
    `${unsure}it is retained, and the broker keeps no messages (retainAvailable)`,
    "published",
  ]);
  assertEquals(broker.connections.length, 2);
  await publisher.flush().catch(() => {});
});

Deno.test("publish() counts what a topic alias adds", async () => {
  const properties = { maximumPacketSize: 30, topicAliasMaximum: 1 };
  await using broker = await startLimited(properties);
  const options = { ...MQTT5, topicAliases: true };
  await using publisher = await Publisher.connect(broker.url, options);
  // Beside it: 2 bytes of header, 7 of the topic, 2 of the id, 1 of no properties.
  const publish = (length: number) =>
    publisher.publish("iot/x", "x".repeat(length), { qos: 1 });
  await rejection(publish(18), PublishError, "has 33 bytes");
  await within("PUBACK", publish(15));
  const lengths = broker.all("publish").map((packet) => packet.length);
  assertEquals(lengths, [28]);
  await publisher.flush().catch(() => {});
});

Deno.test("publishOnce() says that the broker takes no such QoS, and keeps no messages", async () => {
  const options = { maximumQoS: 1, retainAvailable: false };
  await using broker = await startLimited(options);
  const message = { topic: "iot/x", payload: "1" };
  await rejection(
    publishOnce(broker.url, { ...message, qos: 2 }, MQTT5),
    PublishError,
    "it has QoS 2, and the broker takes 1 at most (maximumQoS)",
  );
  await rejection(
    publishOnce(broker.url, { ...message, retain: true }, MQTT5),
    PublishError,
    "it is retained, and the broker keeps no messages (retainAvailable)",
  );
  await publishOnce(broker.url, { ...message, qos: 1 }, MQTT5);
});

/** What a broker may lack, what needs it, and the code with which it is refused. */
const LACKING: [
  property: string,
  topics: string | [string, { subscriptionIdentifier: number }],
  code: number,
][] = [
  ["sharedSubscriptionAvailable", "$share/recorders/iot/x", 158],
  ["wildcardSubscriptionAvailable", "iot/#", 162],
  ["wildcardSubscriptionAvailable", "iot/+/x", 162],
  [
    "subscriptionIdentifiersAvailable",
    ["iot/x", { subscriptionIdentifier: 1 }],
    161,
  ],
];

for (const [property, topics, code] of LACKING) {
  Deno.test(`subscribe() asks for nothing that ${property} excludes: ${topics}`, async () => {
    await using broker = await startScriptedBroker(({ cmd }) =>
      cmd !== "connect" ? undefined : {
        cmd: "connack",
        reasonCode: 0,
        sessionPresent: false,
        properties: { [property]: false },
      }
    );
    const subscribing = subscribe(broker.url, topics, () => {}, false, MQTT5);
    const error = await rejection(subscribing, SubscriptionRefusedError);
    assertEquals(error.codes, [code]);
    await using client = await connect(broker.url, MQTT5);
    const [filter, { subscriptionIdentifier }] = typeof topics === "string"
      ? [topics, { subscriptionIdentifier: undefined }] as const
      : topics;
    const asking = client.subscribeAsync(filter, {
      qos: 0,
      ...(subscriptionIdentifier &&
        { properties: { subscriptionIdentifier } }),
    });
    await rejection(asking, Error, "not supported");
    assertEquals(broker.all("subscribe"), []);
    await client.subscribeAsync("iot/y");
    assertEquals(broker.all("subscribe").length, 1);
  });
}
