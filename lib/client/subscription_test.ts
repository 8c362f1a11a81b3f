import { assertEquals, assertRejects } from "@std/assert";
import { startBroker } from "../broker.ts";
import { connect } from "../connect.ts";
import { SubscriptionRefusedError } from "../errors.ts";
import { publishMany, publishOnce } from "../publish_once.ts";
import { subscribe } from "../subscribe.ts";
import { within } from "../../testing/deadline.ts";
import {
  type ScriptedConnection,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import {
  collector,
  deliver,
  KEPT,
  QUICK,
  reconnect,
  silent,
  startKeeping,
} from "../../testing/brokers/scripts.ts";

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

Deno.test("subscribe() logs a refused topic and goes on with the others", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "subscribe") return;
    const isSecret = packet.subscriptions[0]!.topic === "secret";
    send({
      cmd: "suback",
      granted: [isSecret ? 128 : 0],
      messageId: packet.messageId!,
    });
    return "answered";
  });
  const controller = new AbortController();
  const lines: string[] = [];
  await within(
    "the end",
    subscribe(broker.url, ["secret", "a"], () => {}, true, {
      signal: controller.signal,
      log: (line) => {
        lines.push(line);
        controller.abort();
      },
    }),
  );
  assertEquals(lines, ['Broker refused the topic filter "secret"']);
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

Deno.test("subscribe() reports a topic that is refused only after a reconnect", async () => {
  await using broker = await startScriptedBroker(
    (packet, { send }: ScriptedConnection) => {
      if (packet.cmd !== "subscribe" || broker.connections.length < 2) return;
      send({ cmd: "suback", granted: [128], messageId: packet.messageId! });
      return "answered";
    },
  );
  const reported = Promise.withResolvers<void>();
  await using _subscription = await subscribe(
    broker.url,
    "a",
    () => {},
    false,
    {
      retryDelay: QUICK,
      log: (line) => {
        if (line === 'Broker refused the topic filter "a"') reported.resolve();
      },
    },
  );
  await reconnect(broker);
  await within("the report", reported.promise);
});

Deno.test("subscribe() asks again after a reconnect only if the session is new", async () => {
  for (const sessionPresent of [true, false]) {
    await using broker = await startKeeping(sessionPresent);
    const granted: string[][] = [];
    const wanted = sessionPresent ? 1 : 2;
    const grants = Promise.withResolvers<void>();
    await using subscription = await subscribe(
      broker.url,
      ["a", "b"],
      () => {},
      false,
      {
        ...KEPT,
        qos: 1,
        onSubscribe: (filters) => {
          if (granted.push(filters) === wanted) grants.resolve();
        },
      },
    );
    const again = new Promise((resolve) =>
      subscription.client.once("connect", resolve)
    );
    await reconnect(broker);
    await within("the reconnection", again);
    await within("the grants", grants.promise);
    await subscription.client.publishAsync("fence", "", { qos: 1 });
    const asked = broker.packets.filter(({ cmd }) => cmd === "subscribe");
    assertEquals(asked.length, 2 * wanted);
    assertEquals(granted, Array(wanted).fill(["a", "b"]));
  }
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
    { ...KEPT, qos: 1 },
  );
  broker.connections[0]!.socket.destroy();
  await within("the third SUBSCRIBE", broker.received("subscribe", 3), 3000);
});

Deno.test("subscribe() asks again when the broker's answer to CONNECT was lost, though a session is there", async () => {
  await using broker = await startScriptedBroker((packet, { send, socket }) => {
    if (packet.cmd !== "connect") return;
    const count = broker.connections.length;
    // The broker has forgotten the session, and makes a new one.
    if (count === 2) socket.destroy();
    else send({ cmd: "connack", returnCode: 0, sessionPresent: count > 2 });
    return "answered";
  });
  const options = { ...KEPT, qos: 1 } as const;
  const subscribed = () => subscribe(broker.url, "a", () => {}, false, options);
  await using _subscription = await subscribed();
  broker.connections[0]!.socket.destroy();
  await within("the second SUBSCRIBE", broker.received("subscribe", 2), 3000);
  assertEquals(broker.connections.length, 3);
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

Deno.test("subscribe() resolves although its handler is asking for more meanwhile", async () => {
  let answerMore = () => {};
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "subscribe") return;
    const { messageId, subscriptions: [request] } = packet;
    const answer = () =>
      send({ cmd: "suback", messageId: messageId!, granted: [0] });
    if (request!.topic === "more") {
      answerMore = answer;
      return "answered";
    }
    // A message comes while the next filter has no answer.
    if (request!.topic === "a") deliver(broker, { qos: 0 });
    answer();
    return "answered";
  });
  const granted: string[][] = [];
  let more: Promise<unknown> | undefined;
  await using _subscription = await within(
    "subscribe()",
    subscribe(
      broker.url,
      ["a", "b"],
      (_message, client) => {
        more = client.subscribeAsync("more");
      },
      false,
      {
        retryDelay: QUICK,
        log: silent,
        onSubscribe: (filters) => granted.push(filters),
      },
    ),
  );
  assertEquals(granted, [["a", "b"]]);
  await within("SUBSCRIBE", broker.received("subscribe", 3));
  answerMore();
  await within("the handler's own", more!);
});
