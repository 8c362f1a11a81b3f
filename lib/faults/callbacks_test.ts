import { assertEquals } from "@std/assert";
import { CsvRecorder } from "../csv_recorder.ts";
import type { SubscribeOptions } from "../subscribe.ts";
import { within } from "../../testing/deadline.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { deliver, listen } from "../../testing/brokers/scripts.ts";
import { logged } from "../../testing/test.ts";

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
