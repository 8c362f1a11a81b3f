import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Client, connect } from "../connect.ts";
import { subscribe } from "../subscribe.ts";
import { within } from "../../testing/deadline.ts";
import {
  type ScriptedBroker,
  startScriptedBroker,
} from "../../testing/brokers/scripted_broker.ts";
import {
  deliver,
  KEPT,
  QUICK,
  reconnect,
  silent,
  startKeeping,
} from "../../testing/brokers/scripts.ts";

const CLEAN = { retryDelay: QUICK, log: silent };

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
async function comeBack(broker: ScriptedBroker, client: Client): Promise<void> {
  const again = new Promise((resolve) => client.once("connect", resolve));
  await reconnect(broker);
  await within("the reconnection", again);
  await within("a fence", client.publishAsync("fence", "", { qos: 1 }));
}

/** Starts a broker that answers UNSUBSCRIBE, and more as a test says. */
async function startAnswering(
  script: Parameters<typeof startScriptedBroker>[0],
) {
  return await startScriptedBroker((packet, connection) => {
    const outcome = script?.(packet, connection);
    if (outcome === "answered" || packet.cmd !== "unsubscribe") return outcome;
    connection.send({
      cmd: "unsuback",
      messageId: packet.messageId!,
      granted: [],
    });
    return "answered";
  });
}

Deno.test("subscribe() follows after a reconnect what its handler has subscribed to and unsubscribed", async () => {
  await using broker = await startAnswering(undefined);
  const done = Promise.withResolvers<void>();
  await using subscription = await subscribe(
    broker.url,
    ["a", "b"],
    async (_message, client) => {
      await client.unsubscribeAsync("a");
      await client.subscribeAsync({ c: { qos: 1 }, d: { qos: 0 } });
      await client.subscribeAsync("d", { qos: 2 });
      await client.unsubscribeAsync("c");
      await client.subscribeAsync(["c", "e"], { qos: 1 });
      done.resolve();
    },
    false,
    CLEAN,
  );
  deliver(broker, { qos: 0 });
  await within("the handler", done.promise);
  await comeBack(broker, subscription.client);
  assertEquals(asked(broker, 2), ["+b 0", "+d 2", "+c 1", "+e 1"]);
  await comeBack(broker, subscription.client);
  assertEquals(asked(broker, 3), ["+b 0", "+d 2", "+c 1", "+e 1"]);
});

Deno.test("connect() renews what its program subscribes to, unless the session was kept", async () => {
  for (const isKept of [false, true]) {
    await using broker = await startKeeping(isKept);
    await using client = await connect(broker.url, KEPT);
    await client.subscribeAsync("a", { qos: 1 });
    await comeBack(broker, client);
    assertEquals(asked(broker, 2), isKept ? [] : ["+a 1"]);
  }
});

Deno.test("connect() asks once where its program subscribes on each connection, or while offline", async () => {
  await using broker = await startScriptedBroker();
  await using client = await connect(broker.url, CLEAN);
  await client.subscribeAsync("a");
  client.on("connect", () => client.subscribe("a"));
  client.once("close", () => client.subscribe("b"));
  await comeBack(broker, client);
  assertEquals(asked(broker, 2).toSorted(), ["+a 0", "+b 0"]);
});

Deno.test("connect() asks a kept session again for what it may not know", async () => {
  // The first connection answers nothing that is asked of it.
  await using broker = await startAnswering(({ cmd }, { send }) => {
    const isFirst = broker.connections.length === 1;
    if (cmd === "connect") {
      send({ cmd: "connack", returnCode: 0, sessionPresent: !isFirst });
      return "answered";
    }
    return isFirst && ["subscribe", "unsubscribe"].includes(cmd)
      ? "answered"
      : undefined;
  });
  await using client = await connect(broker.url, KEPT);
  const outcomes = [
    client.subscribeAsync("a"),
    client.subscribeAsync("b"),
    client.unsubscribeAsync("a"),
  ].map((outcome) => assertRejects(() => outcome));
  await within("UNSUBSCRIBE", broker.received("unsubscribe"));
  await comeBack(broker, client);
  await Promise.all(outcomes);
  assertEquals(asked(broker, 2).toSorted(), ["+b 0", "-a"]);
  await comeBack(broker, client);
  assertEquals(asked(broker, 3), []);
});

Deno.test("connect() doesn't ask again for what was refused", async () => {
  await using broker = await startScriptedBroker((packet, { send }) => {
    if (packet.cmd !== "subscribe") return;
    const granted = packet.subscriptions.map(({ topic }) =>
      topic === "secret" ? 128 : 0
    );
    send({ cmd: "suback", messageId: packet.messageId!, granted });
    return "answered";
  });
  await using client = await connect(broker.url, CLEAN);
  await assertRejects(() => client.subscribeAsync(["a", "secret", "b"]));
  await comeBack(broker, client);
  assertEquals(asked(broker, 2), ["+a 0", "+b 0"]);
});

Deno.test("connect() notes no filter that isn't one", async () => {
  await using broker = await startScriptedBroker();
  await using client = await connect(broker.url, CLEAN);
  for (const filter of ["", "a/#/b", "x+"]) {
    await assertRejects(() => client.subscribeAsync(filter), TypeError);
    await assertRejects(() => client.unsubscribeAsync(filter), TypeError);
    assertThrows(() => client.subscribe(filter), TypeError);
  }
  await comeBack(broker, client);
  assertEquals(asked(broker, 2), []);
});

Deno.test("connect() unsubscribes again where a session may be the one that was", async () => {
  await using broker = await startAnswering((packet, { send, socket }) => {
    const count = broker.connections.length;
    if (packet.cmd === "unsubscribe" && count === 1) return "answered";
    if (packet.cmd !== "connect") return;
    // An answer is lost, so that nobody knows which session the next one is.
    if (count === 2) socket.destroy();
    else send({ cmd: "connack", returnCode: 0, sessionPresent: count > 2 });
    return "answered";
  });
  await using client = await connect(broker.url, KEPT);
  await client.subscribeAsync("a");
  const lost = assertRejects(() => client.unsubscribeAsync("a"));
  await within("UNSUBSCRIBE", broker.received("unsubscribe"));
  await reconnect(broker);
  await lost;
  await within("UNSUBSCRIBE again", broker.received("unsubscribe", 2));
  await within("a fence", client.publishAsync("fence", "", { qos: 1 }));
  await comeBack(broker, client);
  assertEquals(asked(broker, 4), []);
});
