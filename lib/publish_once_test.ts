import { assertEquals } from "@std/assert";
import { startBroker } from "./broker.ts";
import {
  BrokerUnreachableError,
  ConnectionRefusedError,
  PublishError,
} from "./errors.ts";
import { publishMany, publishOnce } from "./publish_once.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../testing/brokers/scripted_broker.ts";
import { QUIET, silent } from "../testing/brokers/scripts.ts";
import { rejection, within } from "../testing/deadline.ts";
import { test, times } from "../testing/test.ts";

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

const READING = { topic: "iot/x", payload: "21.5" };

/** Starts a broker that ends so many connections as soon as it gets a message. */
function startCutting(cuts: number): Promise<ScriptedBroker> {
  let count = 0;
  return startScriptedBroker((packet, { socket }) => {
    if (packet.cmd !== "publish" || count++ >= cuts) return;
    socket.destroy();
    return "answered";
  });
}

Deno.test("publishOnce() publishes again what a lost connection left unacknowledged", async () => {
  await using broker = await startCutting(1);
  const publishing = publishOnce(broker.url, { ...READING, qos: 1 }, QUIET);
  await within("PUBACK", publishing);
  assertEquals(broker.all("publish").map(({ dup }) => dup), [false, true]);
});

Deno.test("publishOnce() goes on at the next address where the broker is gone", async () => {
  await using brokers = new AsyncDisposableStack();
  const urls: string[] = [];
  const took: number[] = [];
  for (let number = 0; number < 2; number++) {
    const broker = await startScriptedBroker((packet, { socket }) => {
      if (packet.cmd === "publish") took.push(number);
      // The one that takes it first is gone from then on.
      if (took[0] !== number) return;
      socket.destroy();
      return "answered";
    });
    brokers.use(broker);
    urls.push(new URL(broker.url).host);
  }
  const publishing = publishOnce(urls.join(), { ...READING, qos: 1 }, QUIET);
  await within("PUBACK", publishing);
  assertEquals(took.length, 2);
});

Deno.test("publishOnce() gives up within its timeout if the broker doesn't come back", async () => {
  let isThere = true;
  await using broker = await startScriptedBroker((packet, { socket }) => {
    if (packet.cmd === "publish") isThere = false;
    if (isThere) return;
    socket.destroy();
    return "answered";
  });
  const publishing = publishOnce(
    broker.url,
    { ...READING, qos: 1 },
    { ...QUIET, timeout: 1 },
  );
  const error = await rejection(publishing, PublishError, "was closed first");
  assertEquals(error.mayHaveArrived, true);
});

Deno.test("publishMany() awaits no answer at QoS 0, and no other connection", async () => {
  await using broker = await startCutting(Infinity);
  const options = { log: silent, retryDelay: [600, 600] as [number, number] };
  await within("the end", publishMany(broker.url, [READING, READING], options));
  assertEquals(broker.connections.length, 1);
});
