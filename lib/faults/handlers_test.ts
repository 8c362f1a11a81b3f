import { assert, assertEquals } from "@std/assert";
import { connect } from "../connect.ts";
import { publishMany, publishOnce } from "../publish_once.ts";
import { startBrokerCommand } from "../../testing/project/commands.ts";
import { within } from "../../testing/deadline.ts";
import { deliver, KEPT, listen } from "../../testing/brokers/scripts.ts";
import { logged, times } from "../../testing/test.ts";
import { CsvRecorder } from "../csv_recorder.ts";
import type { SubscribeOptions } from "../subscribe.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";

/** Starts a broker that runs on while this program is blocked. */
async function startOther() {
  const broker = await startBrokerCommand(["--port", "0"]);
  return { ...broker, url: broker.urls[0]! };
}

/** Keeps the whole program busy, as a long calculation does. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

for (const isAsync of [false, true]) {
  const handler = isAsync ? "an async handler" : "a handler";
  Deno.test(`subscribe() keeps its connection while ${handler} is busy with a burst for longer than the keepalive`, async () => {
    await using broker = await startOther();
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
  await using broker = await startOther();
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
  await using broker = await startOther();
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

/** Hands three messages to a handler, the last of which succeeds; gives the log. */
async function logOf(
  handler: (text: string) => unknown,
  options: SubscribeOptions = {},
): Promise<string[]> {
  const { lines, log } = logged();
  await using broker = await startScriptedBroker();
  const last = Promise.withResolvers<void>();
  await using _subscription = await listen(
    broker,
    ({ text }) => text === "3" ? last.resolve() : handler(text),
    { log, ...options },
  );
  for (const id of [1, 2, 3]) {
    deliver(broker, { qos: options.qos ?? 0, id });
  }
  await within("the last message", last.promise);
  return lines;
}

const HANDLERS: Record<string, () => unknown> = {
  "a handler": () => {
    throw new Error("Handler");
  },
  "an async handler": () => Promise.reject(new Error("Handler")),
};

for (const [name, handler] of Object.entries(HANDLERS)) {
  Deno.test(`subscribe() logs what onError throws about ${name}, and goes on`, async () => {
    const lines = await logOf(handler, {
      qos: 1,
      onError: () => {
        throw new Error("No place to write to");
      },
    });
    assertEquals(
      lines,
      Array(2).fill("onError failed on iot/x: No place to write to"),
    );
  });
}

Deno.test("subscribe() logs what onSubscribe throws, and goes on", async () => {
  const lines = await logOf(() => {}, {
    onSubscribe: () => {
      throw new Error("Window is closed");
    },
  });
  assertEquals(lines, ["onSubscribe failed: Window is closed"]);
});

Deno.test({
  name:
    "subscribe() tells the error of a full disk once, not for each message" +
    (Deno.build.os === "linux" ? "" : " (needs Linux's /dev/full)"),
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const full = 'Cannot write to "/dev/full": No space left on device ' +
      "(os error 28)";
    await using recorder = await CsvRecorder.open("/dev/full");
    await using broker = await startScriptedBroker();
    const lines: string[] = [];
    const told = Promise.withResolvers<void>();
    await using subscription = await listen(broker, recorder.record, {
      qos: 1,
      log: (line) => {
        lines.push(line);
        told.resolve();
      },
    });
    for (let id = 1; id <= 100; id++) deliver(broker, { qos: 1, id });
    await within("the report", told.promise);
    // The answer to a ping comes after all messages.
    const answered = new Promise<void>((resolve) =>
      subscription.client.on("packetreceive", ({ cmd }) => {
        if (cmd === "pingresp") resolve();
      })
    );
    subscription.client.sendPing();
    await within("the answer", answered);
    await subscription.close();
    assertEquals(lines, [
      `Handler failed on iot/x: ${full}; the message stays unacknowledged`,
    ]);
    const acknowledged = broker.all("puback");
    assertEquals(acknowledged, []);
    assertEquals(recorder.lost, 0);
  },
});
