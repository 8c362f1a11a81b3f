import { assertEquals } from "@std/assert";
import { startBroker } from "./broker.ts";
import { BrokerUnreachableError, ConnectionRefusedError } from "./errors.ts";
import { publishMany, publishOnce } from "./publish_once.ts";
import { test, times } from "../testing/test.ts";
import { rejection } from "../testing/deadline.ts";

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
  const sent = broker.all("publish").map((packet) => Number(packet.payload));
  assertEquals(sent, times(3000, (index) => index));
  assertEquals(broker.connections.length, 1);
});

Deno.test("publishOnce() rejects with what went wrong", async () => {
  await using broker = await startBroker({ port: 0, users: { info: "x" } });
  await rejection(
    publishOnce(broker.url, { topic: "a" }, { username: "info" }),
    ConnectionRefusedError,
  );
  await rejection(
    publishOnce("127.0.0.1:1", { topic: "a" }, { timeout: 0.1, log: () => {} }),
    BrokerUnreachableError,
  );
  await using open = await startBroker({ port: 0 });
  await rejection(publishOnce(open.url, { topic: "a/#" }), TypeError, '"a/#"');
});
