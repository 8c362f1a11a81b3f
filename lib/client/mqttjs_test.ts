import { assert, assertEquals, assertRejects } from "@std/assert";
import process from "node:process";
import { startBroker } from "../broker.ts";
import { connect } from "../connect.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import {
  collector,
  KEPT,
  listen,
  lose,
  QUIET,
  silent,
} from "../../testing/brokers/scripts.ts";
import { test } from "../../testing/test.ts";

Deno.test("connect() never gives a message id twice", async () => {
  let isDeaf = true;
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "publish" && isDeaf ? "answered" : undefined
  );
  const options = { ...QUIET, clientId: "a", clean: false };
  await using client = await connect(broker.url, options);
  const first = [1, 2, 3].map((value) =>
    client.publishAsync("iot/first", `${value}`, { qos: 1 })
  );
  await broker.received("publish", 3);
  isDeaf = false;
  // In the gap before MQTT.js says that it is connected, ids must be safe too.
  const later: Promise<unknown>[] = [];
  client.on("packetreceive", ({ cmd }) => {
    if (cmd !== "connack") return;
    later.push(client.subscribeAsync("iot/later"));
    later.push(client.publishAsync("iot/later", "4", { qos: 1 }));
  });
  broker.connections[0]!.socket.destroy();
  await within("the first publishes", Promise.all(first));
  await within("the later packets", Promise.all(later));
  const sent = broker.all("publish");
  const ids = new Map<string, Set<unknown>>();
  for (const { payload, messageId } of sent) {
    const text = String(payload);
    ids.set(text, (ids.get(text) ?? new Set()).add(messageId));
  }
  assertEquals([...ids.keys()].sort(), ["1", "2", "3", "4"]);
  assertEquals([...ids.values()].map((set) => set.size), [1, 1, 1, 1]);
});

test.scripted("connect() keeps the id of a SUBSCRIBE that waits for the connection", async (broker) => {
  await using client = await connect(broker.url, QUIET);
  await lose(broker, client);
  const asked: Promise<unknown>[] = [client.subscribeAsync("waiting")];
  // Between CONNACK and the `connect` event, MQTT.js takes packets already.
  const inTheGap = Promise.withResolvers<void>();
  client.on("packetreceive", ({ cmd }) => {
    if (cmd !== "connack") return;
    process.nextTick(() => {
      assert(client.connected);
      asked.push(client.subscribeAsync("in the gap"));
      inTheGap.resolve();
    });
  });
  await within("the gap", inTheGap.promise);
  await within("both", Promise.all(asked));
  const ids = broker.all("subscribe").map((packet) => packet.messageId);
  assertEquals(ids.length, 2);
  assertEquals(new Set(ids).size, 2);
});

Deno.test("connect() doesn't take the ids that an earlier program has left in a kept session", async () => {
  await using broker = await startBroker({ port: 0, log: silent });
  const { take, texts, have } = collector();
  const options = { ...KEPT, clientId: "publisher" };
  await using _subscription = await listen(broker, take, {
    qos: 2,
    log: silent,
  });
  const earlier = await connect(broker.url, options);
  const unsure = assertRejects(() =>
    earlier.publishAsync("iot/x", "old", { qos: 2 })
  );
  await new Promise<void>((resolve) =>
    earlier.on("packetreceive", ({ cmd }) => {
      if (cmd !== "pubrec") return;
      // Before PUBREL.
      earlier.stream.destroy();
      resolve();
    })
  );
  await earlier.close({ timeout: 0 });
  await unsure;
  await using client = await connect(broker.url, options);
  await client.publishAsync("iot/x", "new", { qos: 2 });
  await have(2);
  assertEquals(texts, ["iot/x old", "iot/x new"]);
});
