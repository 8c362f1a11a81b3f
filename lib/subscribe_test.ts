import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import { startBroker } from "./broker.ts";
import { connect } from "./connect.ts";
import { ConnectionRefusedError, SubscriptionRefusedError } from "./errors.ts";
import type { Message } from "./message.ts";
import { publishMany, publishOnce } from "./publish_once.ts";
import { subscribe, type Topics } from "./subscribe.ts";
import { within } from "./testing/deadline.ts";
import {
  type ScriptedConnection,
  startScriptedBroker,
} from "./testing/scripted_broker.ts";

const QUICK: [number, number] = [0.02, 0.1];
const silent = () => {};

/** Collects messages, and waits for a number of them. */
function collector(): {
  texts: string[];
  take: (message: Message) => void;
  have: (count: number) => Promise<void>;
} {
  const texts: string[] = [];
  let changed = Promise.withResolvers<void>();
  return {
    texts,
    take: ({ topic, text }) => {
      texts.push(`${topic} ${text}`);
      changed.resolve();
      changed = Promise.withResolvers();
    },
    async have(count) {
      while (texts.length < count) {
        await within(`message ${texts.length + 1}`, changed.promise);
      }
    },
  };
}

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

Deno.test("subscribe() names a refused topic and spares the others", async () => {
  await using broker = await startBroker({
    port: 0,
    rules: [{ subscribe: ["iot/#"], publish: ["iot/#"] }],
  });
  const { take, have, texts } = collector();
  const error = await assertRejects(
    () =>
      subscribe(broker.url, ["secret/#", "iot/#"], take, false, {
        log: silent,
      }),
    SubscriptionRefusedError,
    '"secret/#"',
  );
  assertEquals(error.filters, ["secret/#"]);
  await using _rest = error.subscription!;
  await publishOnce(broker.url, { topic: "iot/x", payload: "1" });
  await have(1);
  assertEquals(texts, ["iot/x 1"]);
});

Deno.test("subscribe() is subscribed again after a broker's restart, without what was refused", async () => {
  const rules = [{ subscribe: ["iot/#"], publish: ["iot/#"] }];
  const broker = await startBroker({ port: 0, rules });
  const { take, have, texts } = collector();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const options = { retryDelay: QUICK, log };
  const error = await assertRejects(
    () => subscribe(broker.url, ["iot/#", "secret"], take, false, options),
    SubscriptionRefusedError,
  );
  await using _rest = error.subscription!;
  await broker.close();
  await using again = await startBroker({ port: broker.port, rules });
  // The subscription is back at some moment after the restart.
  await using publisher = await connect(again.url);
  while (texts.length === 0) {
    await publisher.publishAsync("iot/x", "back", { qos: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await have(1);
  assertEquals(texts[0], "iot/x back");
  assertEquals(lines.filter((line) => line.includes("lost")).length, 1);
  assertEquals(lines.filter((line) => line.includes("again after")).length, 1);
});

Deno.test("subscribe() rejects if the broker refuses every topic", async () => {
  await using broker = await startBroker({
    port: 0,
    rules: [{ subscribe: ["iot/#"] }],
  });
  await assertRejects(
    () => subscribe(broker.url, "secret/#", silent),
    SubscriptionRefusedError,
    '"secret/#"',
  );
});

Deno.test("subscribe() reports a handler's error with its topic and goes on", async () => {
  await using broker = await startBroker({ port: 0 });
  const lines: string[] = [];
  const { take, have, texts } = collector();
  const handler = (message: Message) => {
    if (message.text === "sync") throw new Error("sync failure");
    if (message.text === "async") {
      return Promise.reject(new Error("async failure"));
    }
    take(message);
  };
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    handler,
    false,
    {
      qos: 1,
      log: (line) => lines.push(line),
    },
  );
  const payloads = ["sync", "async", "good"];
  await publishMany(
    broker.url,
    payloads.map((payload) => ({ topic: `iot/${payload}`, payload, qos: 1 })),
  );
  await have(1);
  assertEquals(texts, ["iot/good good"]);
  assertEquals(lines, [
    "Handler failed on iot/sync: sync failure; the message stays unacknowledged",
    "Handler failed on iot/async: async failure; the message stays unacknowledged",
  ]);
});

/** Sends one message at each QoS from 1 to 2 to whoever subscribes. */
function sendTo(
  connection: ScriptedConnection,
  qos: 1 | 2,
  id: number,
  text = `${id}`,
  dup = false,
) {
  connection.send({
    cmd: "publish",
    topic: "iot/x",
    payload: text,
    qos,
    messageId: id,
    retain: false,
    dup,
  });
}

for (const qos of [1, 2] as const) {
  const acknowledgement = qos === 1 ? "puback" : "pubrec";

  Deno.test(`subscribe() acknowledges after the handler at QoS ${qos}, in order`, async () => {
    await using broker = await startScriptedBroker();
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await using _subscription = await subscribe(
      broker.url,
      "iot/#",
      () => {
        started.resolve();
        return release.promise;
      },
      false,
      { qos },
    );
    const [connection] = broker.connections;
    for (const id of [1, 2, 3]) sendTo(connection!, qos, id);
    await within("the handler", started.promise);
    // A round trip through the client's packet loop: it goes on reading.
    await using other = await connect(broker.url);
    await other.publishAsync("x", "1", { qos: 1 });
    assertEquals(
      broker.packets.filter(({ cmd }) => cmd === acknowledgement),
      [],
    );
    release.resolve();
    await within("the acknowledgements", broker.received(acknowledgement, 3));
    const ids = broker.packets.filter(({ cmd }) => cmd === acknowledgement).map(
      ({ messageId }) => messageId,
    );
    assertEquals(ids, [1, 2, 3]);
  });

  Deno.test(`subscribe() leaves a message unacknowledged at QoS ${qos} if its handler fails`, async () => {
    await using broker = await startScriptedBroker();
    await using _subscription = await subscribe(
      broker.url,
      "iot/#",
      ({ text }) => {
        if (text === "1") throw new Error("no");
      },
      false,
      { qos, log: silent },
    );
    const [connection] = broker.connections;
    for (const id of [1, 2]) sendTo(connection!, qos, id);
    await within("the acknowledgement", broker.received(acknowledgement));
    const ids = broker.packets.filter(({ cmd }) => cmd === acknowledgement).map(
      ({ messageId }) => messageId,
    );
    assertEquals(ids, [2]);
  });

  Deno.test(`subscribe() lets a handler publish on its own client at QoS ${qos}`, async () => {
    await using broker = await startBroker({ port: 0 });
    const { take, have } = collector();
    await using _subscription = await subscribe(
      broker.url,
      ["in", "out"],
      async (message, client) => {
        if (message.topic === "in") {
          await client.publishAsync("out", message.text, { qos });
        }
        take(message);
      },
      false,
      { qos },
    );
    await publishMany(
      broker.url,
      Array.from(
        { length: 50 },
        (_, index) => ({ topic: "in", payload: index, qos }),
      ),
    );
    await have(100);
  });

  Deno.test(`subscribe() drops acknowledgements of a lost connection at QoS ${qos}`, async () => {
    await using broker = await startScriptedBroker();
    const release = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    await using subscription = await subscribe(
      broker.url,
      "iot/#",
      () => {
        started.resolve();
        return release.promise;
      },
      false,
      { qos, retryDelay: QUICK, log: silent },
    );
    sendTo(broker.connections[0]!, qos, 7);
    await within("the handler", started.promise);
    const again = new Promise((resolve) =>
      subscription.client.once("connect", resolve)
    );
    broker.connections[0]!.socket.destroy();
    await within("the reconnection", again);
    release.resolve();
    await subscription.client.publishAsync("fence", "", { qos: 1 });
    assertEquals(
      broker.packets.filter(({ cmd }) => cmd === acknowledgement),
      [],
    );
  });
}

Deno.test("subscribe() hands a QoS 2 message over once, however often it is sent", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd === "pubrec") return "answered";
    if (packet.cmd !== "connect") return;
    const sessionPresent = broker.connections.length > 1;
    send({ cmd: "connack", returnCode: 0, sessionPresent });
    return "answered";
  });
  const { take, texts } = collector();
  await using _subscription = await subscribe(
    broker.url,
    "iot/#",
    take,
    false,
    {
      qos: 2,
      clientId: "recorder",
      clean: false,
      retryDelay: QUICK,
      log: silent,
    },
  );
  sendTo(broker.connections[0]!, 2, 5);
  await within("PUBREC", broker.received("pubrec", 1));
  sendTo(broker.connections[0]!, 2, 5, "5", true);
  await within("PUBREC", broker.received("pubrec", 2));
  broker.connections[0]!.socket.destroy();
  await within("the reconnection", broker.received("connect", 2));
  sendTo(broker.connections[1]!, 2, 5, "5", true);
  await within("PUBREC", broker.received("pubrec", 3));
  broker.connections[1]!.send({ cmd: "pubrel", messageId: 5 });
  await within("PUBCOMP", broker.received("pubcomp"));
  sendTo(broker.connections[1]!, 2, 5, "another");
  await within("PUBREC", broker.received("pubrec", 4));
  assertEquals(texts, ["iot/x 5", "iot/x another"]);
});

Deno.test("subscribe() keeps its connection while a handler outlasts the keepalive", async () => {
  await using broker = await startBroker({ port: 0 });
  const lines: string[] = [];
  const release = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  await using subscription = await subscribe(
    broker.url,
    "iot/#",
    () => {
      started.resolve();
      return release.promise;
    },
    false,
    { qos: 1, keepalive: 1, log: (line) => lines.push(line) },
  );
  await publishOnce(broker.url, { topic: "iot/x", qos: 1 });
  await within("the handler", started.promise);
  let pings = 0;
  await within(
    "three pings",
    new Promise<void>((resolve) => {
      subscription.client.on("packetreceive", ({ cmd }) => {
        if (cmd === "pingresp" && ++pings === 3) resolve();
      });
    }),
  );
  release.resolve();
  assertEquals(lines, []);
  assert(subscription.client.connected);
});

Deno.test("subscribe() reads no more than it can hold while a handler is busy, and loses nothing", async () => {
  await using broker = await startScriptedBroker();
  const count = 3000;
  const payload = "x".repeat(30_000);
  let handled = 0;
  const all = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  await using subscription = await subscribe(
    broker.url,
    "iot/#",
    async () => {
      await release.promise;
      if (++handled === count) all.resolve();
    },
    false,
    { keepalive: 1, log: silent },
  );
  const [{ socket, send }] = broker.connections as [ScriptedConnection];
  for (let index = 0; index < count; index++) {
    send({
      cmd: "publish",
      topic: "iot/x",
      payload,
      qos: 0,
      retain: false,
      dup: false,
    });
  }
  // The pings go on, though their answers are behind what isn't read yet.
  await within("pings", broker.received("pingreq", 4));
  assert(
    socket.writableLength > 30_000_000,
    `${socket.writableLength} bytes wait`,
  );
  assert(subscription.client.connected);
  release.resolve();
  await within("all messages", all.promise);
});

Deno.test("subscribe() hands over what a kept session has waiting", async () => {
  await using broker = await startBroker({ port: 0 });
  const options = { qos: 1, clientId: "recorder", clean: false } as const;
  const first = await subscribe(broker.url, "iot/#", silent, false, options);
  await first.close();
  await publishMany(
    broker.url,
    [1, 2, 3].map((payload) => ({ topic: "iot/x", payload, qos: 1 })),
  );
  const { take, have, texts } = collector();
  await using _second = await subscribe(
    broker.url,
    "iot/#",
    take,
    false,
    options,
  );
  await have(3);
  assertEquals(texts, ["iot/x 1", "iot/x 2", "iot/x 3"]);
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
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "eval",
          `--config=${fileURLToPath(new URL("../deno.json", import.meta.url))}`,
          program,
        ],
        env: { MQTT_URL: broker.url },
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      await within("SUBSCRIBE", broker.received("subscribe"), 30_000);
      child.kill(signal);
      const { code, stdout } = await within("the end", child.output());
      assertEquals(code, 0);
      assertStringIncludes(new TextDecoder().decode(stdout), "stopped");
      assertEquals(broker.packets.at(-1)?.cmd, "disconnect");
    }
  },
});
