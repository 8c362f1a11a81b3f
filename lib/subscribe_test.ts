import { assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { startBroker } from "./broker.ts";
import { ConnectionRefusedError } from "./errors.ts";
import type { Message } from "./message.ts";
import { publishOnce } from "./publish_once.ts";
import { subscribe, type Topics } from "./subscribe.ts";
import { within } from "./testing/deadline.ts";
import { startProcess } from "./testing/processes.ts";
import { startScriptedBroker } from "./testing/scripted_broker.ts";
import { QUICK, silent } from "./testing/scripts.ts";

const topicForms: [Topics, [string, 0 | 1 | 2][]][] = [
  ["iot/#", [["iot/#", 0]]],
  [["iot/#", 2], [["iot/#", 2]]],
  [["a", "b"], [["a", 0], ["b", 0]]],
  [[["a", 1], ["b/+", 2], "c"], [["a", 1], ["b/+", 2], ["c", 0]]],
];

for (const [topics, expected] of topicForms) {
  Deno.test(`subscribe() takes the topics ${JSON.stringify(topics)}`, async () => {
    await using broker = await startScriptedBroker();
    await using _subscription = await subscribe(
      broker.url,
      topics,
      silent,
      false,
    );
    const asked = broker.packets.flatMap((packet) =>
      packet.cmd === "subscribe" ? packet.subscriptions : []
    );
    assertEquals(asked.map(({ topic, qos }) => [topic, qos]), expected);
  });
}

for (const topic of ["a/#/b", "a#", "+a", "", "a\0"]) {
  Deno.test(`subscribe() rejects the filter ${JSON.stringify(topic)}`, async () => {
    await assertRejects(
      () => subscribe("x", topic, silent, false),
      TypeError,
      "Topic filter",
    );
  });
}

Deno.test("subscribe() rejects an empty list of topics and QoS 3", async () => {
  await assertRejects(() => subscribe("x", [], silent), TypeError, "empty");
  await assertRejects(
    () => subscribe("x", ["a", 3 as 2], silent),
    RangeError,
    "QoS is 3",
  );
});

Deno.test("subscribe() hands over topic, payload and flags", async () => {
  await using broker = await startBroker({ port: 0 });
  await publishOnce(broker.url, {
    topic: "iot/kept",
    payload: "21.5",
    retain: true,
    qos: 1,
  });
  const received = Promise.withResolvers<Message>();
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    received.resolve,
    false,
    { qos: 1 },
  );
  const message = await within("the message", received.promise);
  const { topic, text, number, json, qos, retain } = message;
  assertEquals(
    { topic, text, number, json, qos, retain },
    {
      topic: "iot/kept",
      text: "21.5",
      number: 21.5,
      json: 21.5,
      qos: 1,
      retain: true,
    },
  );
});

Deno.test("subscribe() resolves after its signal, with a DISCONNECT", async () => {
  await using broker = await startScriptedBroker();
  const controller = new AbortController();
  const ended = subscribe(broker.url, "iot/#", silent, true, {
    signal: controller.signal,
  });
  await within("SUBSCRIBE", broker.received("subscribe"));
  controller.abort();
  await within("the end", ended);
  await within("DISCONNECT", broker.received("disconnect"));
});

Deno.test("subscribe() resolves after its signal while no broker is there", async () => {
  const controller = new AbortController();
  await subscribe("127.0.0.1:1", "iot/#", silent, true, {
    signal: controller.signal,
    log: () => controller.abort(),
  });
});

Deno.test("subscribe() rejects when the broker refuses to take it back", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "connect" || broker.connections.length < 2) return;
    send({ cmd: "connack", returnCode: 5, sessionPresent: false });
    return "answered";
  });
  const ended = subscribe(broker.url, "iot/#", silent, true, {
    retryDelay: QUICK,
    log: silent,
  });
  await within("SUBSCRIBE", broker.received("subscribe"));
  broker.connections[0]!.socket.destroy();
  await assertRejects(
    () => within("the refusal", ended),
    ConnectionRefusedError,
  );
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

Deno.test("subscribe() resolves when a handler closes its client", async () => {
  await using broker = await startBroker({ port: 0 });
  await publishOnce(broker.url, {
    topic: "iot/x",
    payload: "1",
    retain: true,
    qos: 1,
  });
  const ended = subscribe(broker.url, "iot/#", (_message, client) => {
    client.close();
  });
  await within("the end", ended);
});
