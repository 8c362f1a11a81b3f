import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { startBroker } from "../broker.ts";
import { type Client, connect } from "../connect.ts";
import { SubscriptionRefusedError } from "../errors.ts";
import { publishOnce } from "../publish_once.ts";
import { subscribe } from "../subscribe.ts";
import { rejection, within } from "../../testing/deadline.ts";
import {
  type Script,
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import {
  collector,
  comeBack,
  connack,
  deliver,
  KEPT,
  listen,
  QUICK,
  QUIET,
  reconnect,
  silent,
  startKeeping,
  startSilentOn,
  startUnsure,
} from "../../testing/brokers/scripts.ts";
import { logged, test } from "../../testing/test.ts";
import { openBroker } from "../../testing/brokers/embedded_broker.ts";

Deno.test("subscribe() names a refused topic and spares the others", async () => {
  const rules = [{ subscribe: ["iot/#"], publish: ["iot/#"] }];
  await using broker = await openBroker({ rules });
  const { take, have, texts } = collector();
  const error = await rejection(
    subscribe(broker.url, ["secret/#", "iot/#"], take, false, { log: silent }),
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
  await using broker = await startScriptedBroker((packet) => {
    if (packet.cmd !== "subscribe") return;
    const isSecret = packet.subscriptions[0]!.topic === "secret";
    return { cmd: "suback", granted: [isSecret ? 128 : 0] };
  });
  const logged = Promise.withResolvers<string>();
  const stop = new AbortController();
  const options = { signal: stop.signal, log: logged.resolve };
  const ended = subscribe(broker.url, ["secret", "a"], silent, true, options);
  const line = await within("a line", logged.promise);
  assertEquals(line, 'Broker refused the topic filter "secret"');
  stop.abort();
  await within("the end", ended);
});

Deno.test("subscribe() rejects if the broker refuses every topic", async () => {
  await using broker = await openBroker({ rules: [{ subscribe: ["iot/#"] }] });
  const subscribing = subscribe(broker.url, "secret/#", silent);
  await rejection(subscribing, SubscriptionRefusedError, '"secret/#"');
});

Deno.test("subscribe() reports a topic that is refused only after a reconnect", async () => {
  await using broker = await startScriptedBroker(({ cmd }) => {
    if (cmd !== "subscribe" || broker.connections.length < 2) return;
    return { cmd: "suback", granted: [128] };
  });
  const reported = Promise.withResolvers<void>();
  await using _subscription = await listen(broker, () => {}, {
    topics: "a",
    retryDelay: QUICK,
    log: (line) => {
      if (line === 'Broker refused the topic filter "a"') reported.resolve();
    },
  });
  await reconnect(broker);
  await within("the report", reported.promise);
});

Deno.test("subscribe() asks again after a reconnect only if the session is new", async () => {
  for (const sessionPresent of [true, false]) {
    await using broker = await startKeeping(sessionPresent);
    const granted: string[][] = [];
    const wanted = sessionPresent ? 1 : 2;
    const grants = Promise.withResolvers<void>();
    await using subscription = await listen(broker, () => {}, {
      topics: ["a", "b"],
      ...KEPT,
      qos: 1,
      onSubscribe: (filters) => {
        if (granted.push(filters) === wanted) grants.resolve();
      },
    });
    await comeBack(broker, subscription.client);
    await within("the grants", grants.promise);
    await subscription.client.publishAsync("fence", "", { qos: 1 });
    assertEquals(broker.all("subscribe").length, 2 * wanted);
    assertEquals(granted, Array(wanted).fill(["a", "b"]));
  }
});

Deno.test("subscribe() asks again when the answer was lost with the connection", async () => {
  await using broker = await startScriptedBroker((packet, { socket }) => {
    const count = broker.connections.length;
    if (packet.cmd === "connect") return connack(0, count > 2);
    if (packet.cmd === "subscribe" && count === 2) socket.destroy();
  });
  const options = { ...KEPT, topics: "a", qos: 1 } as const;
  await using _subscription = await listen(broker, silent, options);
  broker.connections[0]!.socket.destroy();
  await within("the third SUBSCRIBE", broker.received("subscribe", 3), 3000);
});

Deno.test("subscribe() asks again when the broker's answer to CONNECT was lost, though a session is there", async () => {
  await using broker = await startUnsure();
  const options = { ...KEPT, topics: "a", qos: 1 } as const;
  await using _subscription = await listen(broker, silent, options);
  broker.connections[0]!.socket.destroy();
  await within("the second SUBSCRIBE", broker.received("subscribe", 2), 3000);
  assertEquals(broker.connections.length, 3);
});

Deno.test("subscribe() is subscribed again after a broker's restart, without what was refused", async () => {
  const rules = [{ subscribe: ["iot/#"], publish: ["iot/#"] }];
  const broker = await startBroker({ port: 0, rules });
  const { take, have, texts } = collector();
  const { lines, log } = logged();
  const options = { retryDelay: QUICK, log };
  const error = await rejection(
    subscribe(broker.url, ["iot/#", "secret"], take, false, options),
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

Deno.test("subscribe() ends when it is stopped before the broker has answered SUBSCRIBE", async () => {
  await using broker = await startSilentOn("subscribe");
  const controller = new AbortController();
  const ended = subscribe(broker.url, "iot/#", () => {}, true, {
    signal: controller.signal,
  });
  await broker.received("subscribe");
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
  const options = {
    ...QUIET,
    topics: ["a", "b"],
    onSubscribe: (filters: string[]) => granted.push(filters),
  };
  const subscribing = listen(broker, (_message, client) => {
    more = client.subscribeAsync("more");
  }, options);
  await using _subscription = await within("subscribe()", subscribing);
  assertEquals(granted, [["a", "b"]]);
  await broker.received("subscribe", 3);
  answerMore();
  await within("the handler's own", more!);
});

/** What a connection was asked, such as `+a 1` for a filter at QoS 1, and `-a`. */
function asked({ packets }: ScriptedBroker, connection: number): string[] {
  let count = 0;
  return packets.flatMap((packet) => {
    if (packet.cmd === "connect") count++;
    if (count !== connection) return [];
    if (packet.cmd === "unsubscribe") {
      return packet.unsubscriptions.map((filter) => `-${filter}`);
    }
    if (packet.cmd !== "subscribe") return [];
    return packet.subscriptions.map(({ topic, qos }) => `+${topic} ${qos}`);
  });
}

/** Cuts the connection, and waits until the next one has asked all it will. */
async function askAgain(broker: ScriptedBroker, client: Client): Promise<void> {
  await comeBack(broker, client);
  await within("a fence", client.publishAsync("fence", "", { qos: 1 }));
}

/** Starts a broker that answers UNSUBSCRIBE, and more as a test says. */
function startAnswering(script: Script = () => undefined) {
  return startScriptedBroker((packet, connection) => {
    const outcome = script(packet, connection);
    if (outcome !== undefined || packet.cmd !== "unsubscribe") return outcome;
    return { cmd: "unsuback", granted: [] };
  });
}

Deno.test("subscribe() follows after a reconnect what its handler has subscribed to and unsubscribed", async () => {
  await using broker = await startAnswering();
  const done = Promise.withResolvers<void>();
  await using subscription = await listen(broker, async (_message, client) => {
    await client.unsubscribeAsync("a");
    await client.subscribeAsync({ c: { qos: 1 }, d: { qos: 0 } });
    await client.subscribeAsync("d", { qos: 2 });
    await client.unsubscribeAsync("c");
    await client.subscribeAsync(["c", "e"], { qos: 1 });
    done.resolve();
  }, { topics: ["a", "b"], ...QUIET });
  deliver(broker, { qos: 0 });
  await within("the handler", done.promise);
  await askAgain(broker, subscription.client);
  assertEquals(asked(broker, 2), ["+b 0", "+d 2", "+c 1", "+e 1"]);
  await askAgain(broker, subscription.client);
  assertEquals(asked(broker, 3), ["+b 0", "+d 2", "+c 1", "+e 1"]);
});

Deno.test("connect() renews what its program subscribes to, unless the session was kept", async () => {
  for (const isKept of [false, true]) {
    await using broker = await startKeeping(isKept);
    await using client = await connect(broker.url, KEPT);
    await client.subscribeAsync("a", { qos: 1 });
    await askAgain(broker, client);
    assertEquals(asked(broker, 2), isKept ? [] : ["+a 1"]);
  }
});

test.scripted("connect() asks once where its program subscribes on each connection, or while offline", async (broker) => {
  await using client = await connect(broker.url, QUIET);
  await client.subscribeAsync("a");
  client.on("connect", () => client.subscribe("a"));
  client.once("close", () => client.subscribe("b"));
  await askAgain(broker, client);
  assertEquals(asked(broker, 2).toSorted(), ["+a 0", "+b 0"]);
});

Deno.test("connect() asks a kept session again for what it may not know", async () => {
  // The first connection answers nothing that is asked of it.
  await using broker = await startAnswering(({ cmd }) => {
    const isFirst = broker.connections.length === 1;
    if (cmd === "connect") return connack(0, !isFirst);
    if (isFirst && /subscribe$/.test(cmd)) return "answered";
  });
  await using client = await connect(broker.url, KEPT);
  const outcomes = [
    client.subscribeAsync("a"),
    client.subscribeAsync("b"),
    client.unsubscribeAsync("a"),
  ].map((outcome) => assertRejects(() => outcome));
  await broker.received("unsubscribe");
  await askAgain(broker, client);
  await Promise.all(outcomes);
  assertEquals(asked(broker, 2).toSorted(), ["+b 0", "-a"]);
  await askAgain(broker, client);
  assertEquals(asked(broker, 3), []);
});

Deno.test("connect() doesn't ask again for what was refused", async () => {
  await using broker = await startScriptedBroker((packet) => {
    if (packet.cmd !== "subscribe") return;
    const granted = packet.subscriptions.map(({ topic }) =>
      topic === "secret" ? 128 : 0
    );
    return { cmd: "suback", granted };
  });
  await using client = await connect(broker.url, QUIET);
  await assertRejects(() => client.subscribeAsync(["a", "secret", "b"]));
  await askAgain(broker, client);
  assertEquals(asked(broker, 2), ["+a 0", "+b 0"]);
});

test.scripted("connect() notes no filter that isn't one", async (broker) => {
  await using client = await connect(broker.url, QUIET);
  for (const filter of ["", "a/#/b", "x+"]) {
    await rejection(client.subscribeAsync(filter), TypeError);
    await rejection(client.unsubscribeAsync(filter), TypeError);
    assertThrows(() => client.subscribe(filter), TypeError);
  }
  await askAgain(broker, client);
  assertEquals(asked(broker, 2), []);
});

Deno.test("connect() unsubscribes again where a session may be the one that was", async () => {
  await using broker = await startAnswering((packet, { socket }) => {
    const count = broker.connections.length;
    if (packet.cmd === "unsubscribe" && count === 1) return "answered";
    if (packet.cmd !== "connect") return;
    // An answer is lost, so that nobody knows which session the next one is.
    if (count === 2) socket.destroy();
    else return connack(0, count > 2);
  });
  await using client = await connect(broker.url, KEPT);
  await client.subscribeAsync("a");
  const lost = assertRejects(() => client.unsubscribeAsync("a"));
  await broker.received("unsubscribe");
  await reconnect(broker);
  await lost;
  await broker.received("unsubscribe", 2);
  await within("a fence", client.publishAsync("fence", "", { qos: 1 }));
  await askAgain(broker, client);
  assertEquals(asked(broker, 4), []);
});
