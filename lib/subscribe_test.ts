import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Message } from "./message.ts";
import { messages } from "./messages.ts";
import { publishOnce } from "./publish_once.ts";
import { type LowerGrant, subscribe, type Topics } from "./subscribe.ts";
import { rejection, within } from "../testing/deadline.ts";
import { startProcess } from "../testing/processes.ts";
import { startScriptedBroker } from "../testing/brokers/scripted_broker.ts";
import {
  listen,
  QUICK,
  reconnect,
  silent,
} from "../testing/brokers/scripts.ts";
import { logged, test } from "../testing/test.ts";

const topicForms: [Topics, [string, 0 | 1 | 2][]][] = [
  ["iot/#", [["iot/#", 0]]],
  [["iot/#", 2], [["iot/#", 2]]],
  [["a", "b"], [["a", 0], ["b", 0]]],
  [[["a", 1], ["b/+", 2], "c"], [["a", 1], ["b/+", 2], ["c", 0]]],
];

for (const [topics, expected] of topicForms) {
  test.scripted(`subscribe() takes the topics ${JSON.stringify(topics)}`, async (broker) => {
    await using _subscription = await listen(broker, silent, { topics });
    const asked = broker.all("subscribe").flatMap((packet) =>
      packet.subscriptions
    );
    assertEquals(asked.map(({ topic, qos }) => [topic, qos]), expected);
  });
}

for (const topic of ["a/#/b", "a#", "+a", "", "a\0"]) {
  Deno.test(`subscribe() rejects the filter ${JSON.stringify(topic)}`, async () => {
    const subscribing = subscribe("x", topic, silent, false);
    await rejection(subscribing, TypeError, "Topic filter");
  });
}

Deno.test("subscribe() rejects an empty list of topics and QoS 3", async () => {
  await rejection(subscribe("x", [], silent), TypeError, "empty");
  const subscribing = subscribe("x", ["a", 3 as 2], silent);
  await rejection(subscribing, RangeError, "QoS is 3");
});

test.broker("subscribe() hands over topic, payload and flags", async (broker) => {
  const kept = { topic: "iot/kept", payload: "21.5", retain: true } as const;
  await publishOnce(broker.url, { ...kept, qos: 1 });
  const received = Promise.withResolvers<Message>();
  const options = { qos: 1 } as const;
  await using _subscription = await listen(broker, received.resolve, options);
  const message = await within("the message", received.promise);
  const { topic, text, number, json, qos, retain } = message;
  assertEquals({ topic, text, number, json, qos, retain }, {
    ...{ topic: "iot/kept", text: "21.5", number: 21.5, json: 21.5 },
    ...{ qos: 1, retain: true },
  });
});

test.scripted("subscribe() resolves after its signal, with a DISCONNECT", async (broker) => {
  const controller = new AbortController();
  const options = { signal: controller.signal };
  const ended = subscribe(broker.url, "iot/#", silent, true, options);
  await broker.received("subscribe");
  controller.abort();
  await within("the end", ended);
  await broker.received("disconnect");
});

Deno.test("subscribe() resolves after its signal while no broker is there", async () => {
  const controller = new AbortController();
  const options = { signal: controller.signal, log: () => controller.abort() };
  await subscribe("127.0.0.1:1", "iot/#", silent, true, options);
});

Deno.test({
  name: "subscribe() ends cleanly on SIGINT and SIGTERM",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      await using broker = await startScriptedBroker();
      const program = `
        import { subscribe } from ${
        JSON.stringify(import.meta.resolve("./mod.ts"))
      };
        await subscribe(undefined, "iot/#", (message) => console.log(message.text));
        console.log("stopped");
      `;
      const config = fileURLToPath(new URL("../deno.json", import.meta.url));
      const args = ["eval", `--config=${config}`, program];
      const variables = { MQTT_URL: broker.url };
      await using child = startProcess(Deno.execPath(), args, variables);
      await within("SUBSCRIBE", broker.received("subscribe"), 30_000);
      child.kill(signal);
      const { code, stdout } = await child.end();
      assertEquals([code, stdout], [0, "stopped\n"]);
      assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
    }
  },
});

test.broker("subscribe() resolves when a handler closes its client", async (broker) => {
  const kept = { topic: "iot/x", payload: "1", retain: true } as const;
  await publishOnce(broker.url, { ...kept, qos: 1 });
  const ended = subscribe(broker.url, "iot/#", (_message, client) => {
    client.close();
  });
  await within("the end", ended);
});

function startGranting(most: number) {
  return startScriptedBroker((packet) => {
    if (packet.cmd !== "subscribe") return;
    const granted = packet.subscriptions.map(({ qos }) => Math.min(qos, most));
    return { cmd: "suback", granted };
  });
}

const WITH_QOS: Topics = [["a", 0], ["b", 1], ["c", 2]];

Deno.test("subscribe() tells once of each filter that is granted at a lower QoS", async () => {
  await using broker = await startGranting(0);
  const { lines, log } = logged();
  const again = Promise.withResolvers<void>();
  let times = 0;
  const onSubscribe = () => ++times === 2 && again.resolve();
  const options = { topics: WITH_QOS, retryDelay: QUICK, log, onSubscribe };
  await using _subscription = await listen(broker, silent, options);
  await reconnect(broker);
  await within("the second SUBACKs", again.promise);
  const told = lines.filter((line) => line.includes("granted"));
  assertEquals(told, [
    'Broker granted the topic filter "b" at QoS 0, not 1: messages may be lost',
    'Broker granted the topic filter "c" at QoS 0, not 2: messages may be lost',
  ]);
});

Deno.test("subscribe() and messages() hand a lower grant to onLowerGrant, and outlive its failure", async () => {
  await using broker = await startGranting(1);
  const grants: LowerGrant[] = [];
  const { lines, log } = logged();
  const onLowerGrant = (grant: LowerGrant) => {
    grants.push(grant);
    throw new Error("no screen");
  };
  const options = { onLowerGrant, log };
  const all = { ...options, topics: WITH_QOS };
  await using _subscription = await listen(broker, silent, all);
  const stop = new AbortController();
  const { signal } = stop;
  const source = messages(broker.url, ["c", 2], { ...options, signal });
  const next = source.next();
  await broker.received("subscribe", 4);
  stop.abort();
  await within("the end", next);
  const grant = { filter: "c", requested: 2, granted: 1 } as const;
  assertEquals(grants, [grant, grant]);
  const failure = "onLowerGrant failed: no screen";
  assertEquals(lines, [failure, failure]);
});

test.broker("subscribe() says nothing of what is granted as it was asked for", async (broker) => {
  const { lines, log } = logged();
  for (const protocolVersion of [3, 4, 5] as const) {
    const options = { topics: WITH_QOS, log, protocolVersion };
    await using _subscription = await listen(broker, silent, options);
  }
  assertEquals(lines, []);
});
