import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Packet } from "mqtt-packet";
import { connect, type ConnectOptions } from "../connect.ts";
import { startBroker } from "../broker.ts";
import { reasonWords } from "../reason_codes.ts";
import {
  BrokerUnreachableError,
  ConnectionRefusedError,
  PublishError,
  SubscriptionRefusedError,
} from "../errors.ts";
import { publishOnce } from "../publish_once.ts";
import { subscribe } from "../subscribe.ts";
import { rejection, within } from "../../testing/deadline.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import {
  connack,
  endWith,
  QUICK,
  silent,
} from "../../testing/brokers/scripts.ts";
import { logged } from "../../testing/test.ts";
import { test } from "../../testing/peer_tests.ts";

const MQTT5: ConnectOptions = { protocolVersion: 5, retryDelay: QUICK };
const properties = { reasonString: "no\x1b[2J\nvisitors" };
const WORDS = 'not authorized (code 135): "no\\x1b[2J\\nvisitors"';

/** A broker that answers a kind of packets as it is told. */
function startRefusing(command: Packet["cmd"], answer: Packet) {
  return startScriptedBroker(({ cmd }) => cmd === command ? answer : undefined);
}

Deno.test("connect() tells why CONNACK refuses, in the broker's words too", async () => {
  const refusal = { ...connack(135), properties } as Packet;
  await using broker = await startRefusing("connect", refusal);
  const connecting = connect(broker.url, MQTT5);
  const error = await rejection(connecting, ConnectionRefusedError);
  const { host } = new URL(broker.url);
  const words = `Broker at ${host} refused the connection: ${WORDS}`;
  assertEquals(error.message, words);
  assertEquals(error.reason, "not authorized");
  assertEquals(error.reasonString, properties.reasonString);
});

for (const qos of [1, 2] as const) {
  Deno.test(`publishOnce() tells why the broker refused a message at QoS ${qos}`, async () => {
    const cmd = qos === 1 ? "puback" : "pubrec";
    const refusal = { cmd, reasonCode: 135, properties } as const;
    await using broker = await startRefusing("publish", refusal);
    const message = { topic: "iot/x", payload: "1", qos };
    const publishing = publishOnce(broker.url, message, MQTT5);
    const error = await rejection(publishing, PublishError);
    assertEquals(
      error.message,
      `Message on "iot/x" was not published: the broker refused it: ${WORDS}`,
    );
    assertEquals([error.code, error.mayHaveArrived], [135, false]);
  });
}

Deno.test("publishOnce() takes it for published if nobody has subscribed", async () => {
  const answer = { cmd: "puback", reasonCode: 16 } as const;
  await using broker = await startRefusing("publish", answer);
  const message = { topic: "iot/x", payload: "1", qos: 1 } as const;
  await within("PUBACK", publishOnce(broker.url, message, MQTT5));
});

Deno.test("subscribe() tells why the broker refused a filter", async () => {
  await using broker = await startScriptedBroker((packet) => {
    if (packet.cmd !== "subscribe") return;
    const { topic } = packet.subscriptions[0]!;
    const codes: Record<string, number> = { secret: 135, "a/#": 151, b: 128 };
    const answer: Packet = { cmd: "suback", granted: [codes[topic] ?? 0] };
    return topic === "secret" ? { ...answer, properties } : answer;
  });
  const error = await rejection(
    subscribe(broker.url, ["secret", "a/#", "b", "c"], silent, false, MQTT5),
    SubscriptionRefusedError,
  );
  await error.subscription?.[Symbol.asyncDispose]();
  assertEquals(error.filters, ["secret", "a/#", "b"]);
  assertEquals(error.codes, [135, 151, 128]);
  assertEquals(
    error.message,
    `Broker refused the topic filters "secret": ${WORDS}, "a/#": quota exceeded (code 151), "b"`,
  );
});

test.scripted("connect() logs why the broker has ended the connection", async (broker) => {
  const logged = Promise.withResolvers<string>();
  const options = { ...MQTT5, log: logged.resolve };
  await using _client = await connect(broker.url, options);
  const [first] = broker.connections;
  first!.send({ cmd: "disconnect", reasonCode: 142, properties });
  first!.socket.end();
  assertEquals(
    await within("the line", logged.promise),
    `Connection to ${new URL(broker.url).host} lost: the broker closed the ` +
      "connection: session taken over (code 142): " +
      '"no\\x1b[2J\\nvisitors"; connecting again',
  );
});

for (const code of [142, 149]) {
  for (const after of ["connect", "subscribe"] as const) {
    Deno.test(`subscribe() tells of DISCONNECT ${code} in answer to ${after.toUpperCase()}`, async () => {
      await using broker = await startScriptedBroker((packet, connection) => {
        if (packet.cmd !== after) return;
        endWith(connection, code);
        return "answered";
      });
      const { lines, log } = logged();
      const error = await rejection(
        subscribe(broker.url, "iot/#", silent, false, {
          ...MQTT5,
          ...{ retry: false, timeout: 0.5 },
          log,
        }),
        BrokerUnreachableError,
      );
      const words = `the broker closed the connection: ${reasonWords(code)}`;
      // Once connected, it is what the loss is told with.
      const told = after === "connect" ? error.message : lines[0]!;
      assertStringIncludes(told, words);
    });
  }
}

for (const transport of ["tcp", "websocket"] as const) {
  Deno.test(`connect() tells of a takeover over ${transport}`, async () => {
    await using broker = await startBroker({ port: 0, websocketPort: 0 });
    const url = transport === "tcp" ? broker.url : broker.websocketUrl!;
    const lost = Promise.withResolvers<string>();
    const options: ConnectOptions = { ...MQTT5, clientId: "twin" };
    options.retryDelay = [60, 60];
    await using _first = await connect(url, { ...options, log: lost.resolve });
    await using _second = await connect(url, { ...options, log: silent });
    const line = await within("the loss", lost.promise);
    assertStringIncludes(line, "session taken over (code 142)");
  });
}

test.mosquitto("publishOnce() tells why mosquitto refuses", async () => {
  await using mosquitto = await startMosquitto({
    config: ({ directory }) => {
      Deno.writeTextFileSync(`${directory}/rules`, "topic read public/#\n");
      return `acl_file ${directory}/rules\n`;
    },
  });
  const { url } = mosquitto;
  await rejection(
    publishOnce(url, { topic: "secret", payload: "", qos: 1 }, MQTT5),
    PublishError,
    "the broker refused it: not authorized (code 135)",
  );
});
