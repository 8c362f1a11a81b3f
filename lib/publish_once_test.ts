import { assertEquals, assertRejects } from "@std/assert";
import { startBroker } from "./broker.ts";
import {
  BrokerUnreachableError,
  ConnectionRefusedError,
  PublishError,
} from "./errors.ts";
import { publishMany, publishOnce } from "./publish_once.ts";
import { within } from "../testing/deadline.ts";
import { startScriptedBroker } from "../testing/brokers/scripted_broker.ts";
import { test } from "../testing/test.ts";

test.scripted("publishOnce() connects, publishes, disconnects", async (broker) => {
  await publishOnce(broker.url, {
    topic: "tw/rocksaying",
    payload: "hello mqtt",
    qos: 1,
    retain: true,
  }, { clientId: "greeter" });
  const [hello, message, goodbye] = broker.packets;
  assertEquals(hello?.cmd === "connect" && hello.clientId, "greeter");
  assertEquals(
    message?.cmd === "publish" &&
      [message.topic, String(message.payload), message.qos, message.retain],
    ["tw/rocksaying", "hello mqtt", 1, true],
  );
  assertEquals(goodbye?.cmd, "disconnect");
});

test.scripted("publishMany() publishes all in order over one connection", async (broker) => {
  async function* numbers() {
    for (let payload = 0; payload < 3000; payload++) {
      yield await Promise.resolve({ topic: "n", payload, qos: 1 as const });
    }
  }
  await publishMany(broker.url, numbers());
  const sent = broker.packets.flatMap((packet) =>
    packet.cmd === "publish" ? [Number(packet.payload)] : []
  );
  assertEquals(sent, Array.from({ length: 3000 }, (_, index) => index));
  assertEquals(broker.connections.length, 1);
});

Deno.test("publishOnce() rejects with what went wrong", async () => {
  await using broker = await startBroker({ port: 0, users: { info: "x" } });
  await assertRejects(
    () => publishOnce(broker.url, { topic: "a" }, { username: "info" }),
    ConnectionRefusedError,
  );
  await assertRejects(
    () =>
      publishOnce("127.0.0.1:1", { topic: "a" }, {
        timeout: 0.1,
        log: () => {},
      }),
    BrokerUnreachableError,
  );
  await using open = await startBroker({ port: 0 });
  await assertRejects(
    () => publishOnce(open.url, { topic: "a/#" }),
    TypeError,
    '"a/#"',
  );
});

Deno.test("publishOnce() gives up a broker that never acknowledges", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" ? "answered" : undefined
  );
  await assertRejects(
    () =>
      within(
        "publishOnce()",
        publishOnce(broker.url, { topic: "a", qos: 1 }, { timeout: 0.2 }),
      ),
    PublishError,
    "closed first",
  );
});
