import { assert, assertEquals } from "@std/assert";
import { connect } from "../connect.ts";
import { publishMany, publishOnce } from "../publish_once.ts";
import { startBrokerThread } from "../../testing/brokers/broker_thread.ts";
import { within } from "../../testing/deadline.ts";
import { KEPT, listen } from "../../testing/brokers/scripts.ts";
import { logged, times } from "../../testing/test.ts";

/** Keeps the whole program busy, as a long calculation does. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

for (const isAsync of [false, true]) {
  const handler = isAsync ? "an async handler" : "a handler";
  Deno.test(`subscribe() keeps its connection while ${handler} is busy with a burst for longer than the keepalive`, async () => {
    using broker = await startBrokerThread();
    const count = 95;
    const { lines, log } = logged();
    const all = Promise.withResolvers<void>();
    let handled = 0;
    const work = () => {
      block(20);
      if (++handled === count) all.resolve();
    };
    await using subscription = await listen(
      broker,
      isAsync ? async () => await work() : work,
      { keepalive: 1, log },
    );
    const { client } = subscription;
    const burst = times(count, (payload) => ({ topic: "iot/x", payload }));
    await publishMany(broker.url, burst);
    await within("all messages", all.promise);
    await client.publishAsync("fence", "", { qos: 1 });
    assertEquals(lines, []);
  });
}

Deno.test("connect() reads what came while the program was busy before it takes its peer for gone", async () => {
  using broker = await startBrokerThread();
  const { lines, log } = logged();
  await using client = await connect(broker.url, { keepalive: 1, log });
  let isBlocked = false;
  const blocked = new Promise<void>((resolve) =>
    client.on("packetsend", ({ cmd }) => {
      if (cmd !== "pingreq") return;
      if (isBlocked) return;
      isBlocked = true;
      setImmediate(() => {
        block(900);
        resolve();
      });
    })
  );
  await within("a ping", blocked);
  await within("the answer", client.publishAsync("fence", "", { qos: 1 }));
  assertEquals(lines, []);
});

Deno.test("subscribe() handles each message although one blocks the program until the broker gives it up", async () => {
  using broker = await startBrokerThread();
  const lines: string[] = [];
  const texts: string[] = [];
  const all = Promise.withResolvers<void>();
  const back = Promise.withResolvers<void>();
  await using _subscription = await listen(broker, ({ text }) => {
    if (text === "slow" && !texts.includes(text)) block(2000);
    texts.push(text);
    if (text === "last") all.resolve();
  }, {
    ...KEPT,
    qos: 1,
    keepalive: 1,
    log: (line) => {
      if (lines.push(line) === 2) back.resolve();
    },
  });
  const send = (payload: string) =>
    publishOnce(broker.url, { topic: "iot/x", payload, qos: 1 });
  await send("first");
  await send("slow");
  await within("the next connection", back.promise);
  await send("last");
  await within("all messages", all.promise);
  assertEquals([...new Set(texts)], ["first", "slow", "last"]);
  assert(lines[0]!.includes("lost"), lines[0]);
  assert(lines[1]!.includes("again after"), lines[1]);
});
