import { assertEquals, assertRejects } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { Publisher } from "../../lib/publisher.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { QUIET } from "../../testing/brokers/scripts.ts";
import { publishAll } from "./publish_all.ts";
import { test } from "../../testing/test.ts";

const stop = {
  requested: new Promise<void>(() => {}),
  signal: AbortSignal.any([]),
};

async function* payloadsOf(
  ...batches: string[][]
): AsyncGenerator<Uint8Array[], void, void> {
  const encoder = new TextEncoder();
  for (const batch of batches) {
    yield await Promise.resolve(batch.map((text) => encoder.encode(text)));
  }
}

/** Requests a stop when told to. */
function stopper() {
  const controller = new AbortController();
  const { promise: requested, resolve } = Promise.withResolvers<void>();
  const request = () => {
    controller.abort();
    resolve();
  };
  return { request, stop: { requested, signal: controller.signal } };
}

test.scripted("publishAll() publishes all, and disconnects", async (broker) => {
  const publisher = await Publisher.connect(broker.url);
  const publish = (payload: Uint8Array) =>
    publisher.publish("x", payload, { qos: 1 });
  const payloads = payloadsOf(["a", ""], ["b"]);
  await publishAll(publisher, { payloads, publish, stop });
  await within("DISCONNECT", broker.received("disconnect"));
  assertEquals(broker.packets.map(({ cmd }) => cmd), [
    "connect",
    ...["publish", "publish", "publish"],
    "disconnect",
  ]);
});

Deno.test("publishAll() fails if the broker goes and doesn't come back", async () => {
  await using broker = await startScriptedBroker((packet, { socket }) => {
    if (packet.cmd !== "publish") return undefined;
    socket.destroy();
    return "answered";
  });
  const publisher = await Publisher.connect(broker.url, { log: () => {} });
  const publish = (payload: Uint8Array) =>
    publisher.publish("x", payload, { qos: 1 });
  const payloads = payloadsOf(["a"], ["b"]);
  const options = { payloads, publish, stop, returnTimeout: 0.1 };
  await assertRejects(
    () => within("it to give up", publishAll(publisher, options)),
    AggregateError,
    "2 messages were not confirmed",
  );
});

Deno.test("publishAll() doesn't count the time after a broker has come back", async () => {
  let isCut = false;
  await using broker = await startScriptedBroker((packet, connection) => {
    if (packet.cmd !== "publish") return undefined;
    if (!isCut) connection.socket.destroy();
    isCut = true;
    if (String(packet.payload) !== "b") return "answered";
    for (const { messageId = 0 } of broker.all("publish").slice(1)) {
      connection.send({ cmd: "puback", messageId });
    }
    return "answered";
  });
  const publisher = await Publisher.connect(broker.url, QUIET);
  const publish = (payload: Uint8Array) =>
    publisher.publish("x", payload, { qos: 1 });
  const payloads = payloadsOf(["a"]);
  const options = { payloads, publish, stop, returnTimeout: 0.5 };
  const all = publishAll(publisher, options);
  await broker.received("publish", 2);
  // A client that was to be closed would refuse it.
  const late = pause(1_000).then(() => publisher.publish("x", "b", { qos: 1 }));
  await within("the end", Promise.all([all, late]));
});

test.scripted("publishAll() reads nothing more after a failure", async (broker) => {
  const publisher = await Publisher.connect(broker.url);
  const published: string[] = [];
  const publish = (payload: Uint8Array) => {
    published.push(new TextDecoder().decode(payload));
    return publisher.publish("not/#", payload);
  };
  const endless = async function* () {
    yield* payloadsOf(["a"]);
    await new Promise<never>(() => {});
  };
  const all = publishAll(publisher, { payloads: endless(), publish, stop });
  await assertRejects(() => within("it to fail", all), TypeError, "not/#");
  assertEquals(published, ["a"]);
});

test.scripted("publishAll() stops reading when it is told to, and finishes", async (broker) => {
  const publisher = await Publisher.connect(broker.url);
  const { stop, request } = stopper();
  const published: string[] = [];
  const publish = (payload: Uint8Array) => {
    published.push(new TextDecoder().decode(payload));
    if (published.length === 2) request();
    return publisher.publish("x", payload, { qos: 2 });
  };
  const payloads = payloadsOf(["a", "b", "c"], ["d"]);
  await publishAll(publisher, { payloads, publish, stop });
  assertEquals(published, ["a", "b"]);
  await within("DISCONNECT", broker.received("disconnect"));
  const commands = broker.packets.map(({ cmd }) => cmd);
  assertEquals(commands.filter((cmd) => cmd === "pubrel").length, 2);
  assertEquals(commands.at(-1), "disconnect");
});

Deno.test("publishAll() says what a stop left unpublished", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" ? "answered" : undefined
  );
  const publisher = await Publisher.connect(broker.url);
  const publish = (payload: Uint8Array) =>
    publisher.publish("x", payload, { qos: 1 });
  const { stop, request } = stopper();
  const payloads = payloadsOf(["a"]);
  const all = publishAll(publisher, { payloads, publish, stop });
  await within("PUBLISH", broker.received("publish"));
  request();
  await assertRejects(
    () => within("the end", all),
    AggregateError,
    'Message on "x" may or may not have arrived',
  );
});
