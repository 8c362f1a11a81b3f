import { assert, assertEquals, assertRejects } from "@std/assert";
import { startBroker } from "./broker.ts";
import { connect } from "./connect.ts";
import { PublishError } from "./errors.ts";
import { publishOnce } from "./publish_once.ts";
import { Publisher } from "./publisher.ts";
import { Sensor } from "./sensor.ts";
import { subscribe } from "./subscribe.ts";
import { within } from "./testing/deadline.ts";
import { startScriptedBroker } from "./testing/scripted_broker.ts";

const KEPT = {
  clientId: "recorder",
  clean: false,
  qos: 1,
  retryDelay: [0.02, 0.1] as [number, number],
  log: () => {},
} as const;

Deno.test("Publisher.flush() resolves for each of several callers", async () => {
  await using broker = await startScriptedBroker();
  await using publisher = await Publisher.connect(broker.url);
  publisher.publish("a", 1, { qos: 1 });
  await within("both", Promise.all([publisher.flush(), publisher.flush()]));
});

Deno.test("Publisher.flush() leaves nothing of QoS 0 unwritten", async () => {
  await using broker = await startScriptedBroker();
  await using publisher = await Publisher.connect(broker.url);
  publisher.publish("a", 1);
  await publisher.flush();
  // What a program does that ends at once with Deno.exit().
  publisher.client.stream.destroy();
  await within("the message", broker.received("publish"), 2000);
});

Deno.test("subscribe() asks again when the answer was lost with the connection", async () => {
  await using broker = await startScriptedBroker((packet, { send, socket }) => {
    const count = broker.connections.length;
    if (packet.cmd === "subscribe" && count === 2) {
      socket.destroy();
      return "answered";
    }
    if (packet.cmd !== "connect") return;
    send({ cmd: "connack", returnCode: 0, sessionPresent: count > 2 });
    return "answered";
  });
  await using _subscription = await subscribe(
    broker.url,
    "a",
    () => {},
    false,
    KEPT,
  );
  broker.connections[0]!.socket.destroy();
  await within("the third SUBSCRIBE", broker.received("subscribe", 3), 3000);
});

Deno.test("subscribe() acknowledges nothing on a connection that didn't bring it", async () => {
  await using broker = await startScriptedBroker();
  const release = Promise.withResolvers<void>();
  await using subscription = await subscribe(
    broker.url,
    "a",
    () => release.promise,
    false,
    { ...KEPT, clean: true, keepalive: 1 },
  );
  for (let messageId = 1; messageId <= 3000; messageId++) {
    broker.connections[0]!.send({
      cmd: "publish",
      topic: "a",
      payload: "x",
      qos: 1,
      messageId,
      retain: false,
      dup: false,
    });
  }
  await within("pings", broker.received("pingreq", 2));
  broker.connections[0]!.socket.destroy();
  await within("SUBSCRIBE", broker.received("subscribe", 2));
  release.resolve();
  await subscription.client.publishAsync("fence", "", { qos: 1 });
  await subscription.close();
  const acknowledged = broker.packets.filter(({ cmd }) => cmd === "puback");
  assertEquals(acknowledged, []);
});

Deno.test("connect() takes a transport together with the broker of MQTT_URL", async () => {
  await using broker = await startScriptedBroker();
  const before = Deno.env.get("MQTT_URL");
  Deno.env.set("MQTT_URL", broker.url.replace("mqtt:", "ws:"));
  try {
    await using client = await connect(undefined, { transport: "tcp" });
    assert(client.connected);
  } finally {
    if (before === undefined) Deno.env.delete("MQTT_URL");
    else Deno.env.set("MQTT_URL", before);
  }
});

Deno.test("Sensor started, stopped and started again runs once", async () => {
  await using broker = await startScriptedBroker();
  const sensor = new Sensor(3600, [0, 1], "iot/x", { host: broker.url });
  const starting = sensor.start();
  await sensor.stop();
  await Promise.all([starting, sensor.start()]);
  await within("stop()", sensor.stop());
  await within("both DISCONNECTs", broker.received("disconnect", 2), 3000);
});

Deno.test("subscribe() ends when it is stopped before the broker has answered SUBSCRIBE", async () => {
  await using broker = await startScriptedBroker((packet) =>
    packet.cmd === "subscribe" ? "answered" : undefined
  );
  const controller = new AbortController();
  const ended = subscribe(broker.url, "iot/#", () => {}, true, {
    signal: controller.signal,
  });
  await within("SUBSCRIBE", broker.received("subscribe"));
  controller.abort();
  await within("the end", ended, 3000);
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

Deno.test("publishAsync() rejects after end(), at each QoS", async () => {
  await using broker = await startBroker({ port: 0 });
  const client = await connect(broker.url);
  client.end();
  for (const qos of [0, 1, 2] as const) {
    await assertRejects(
      () => within("publishAsync()", client.publishAsync("a", "1", { qos })),
      PublishError,
      "closed",
    );
  }
  await client.close();
});

Deno.test("connect() rejects a pause of no time", async () => {
  await assertRejects(
    () => connect("x", { retryDelay: [0, 1] }),
    RangeError,
    "Retry delay is [0,1]",
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

Deno.test("subscribe() acknowledges what it handled before the broker answered SUBSCRIBE", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "subscribe") return;
    send({
      cmd: "publish",
      topic: "iot/x",
      payload: "1",
      qos: 1,
      messageId: 1,
      retain: false,
      dup: false,
    });
    return "answered";
  });
  const controller = new AbortController();
  await subscribe(
    broker.url,
    "iot/#",
    async () => {
      controller.abort();
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
    true,
    { ...KEPT, signal: controller.signal },
  );
  await within("DISCONNECT", broker.received("disconnect"));
  assertEquals(broker.packets.filter(({ cmd }) => cmd === "puback").length, 1);
});
