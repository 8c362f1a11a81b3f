import { assert, assertEquals } from "@std/assert";
import { openClient } from "../../testing/clients/clients.ts";
import { lessonAt } from "../../testing/project/lessons.ts";
import {
  publishWithPaho,
  subscribeWithPaho,
} from "../../testing/clients/paho.ts";
import { test } from "../../testing/test_programs.ts";

const lesson = lessonAt(import.meta.url);
const COMMAND = "tw/rocksaying/command";
const STATUS = "tw/rocksaying/status";

test.anyBroker("gate reports noop each second at QoS 1, and stops well", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe(STATUS, 1);
  await using gate = lesson.start("gate", broker);
  await gate.untilPrinted("Looping...\n");
  await subscriber.untilReceived(1);
  const began = performance.now();
  const received = await subscriber.untilReceived(3);
  const seconds = (performance.now() - began) / 1000;
  assert(seconds > 1.5, `Two more came within ${seconds} s`);
  for (const message of received) {
    assertEquals(message, {
      topic: STATUS,
      text: "noop",
      qos: 1,
      retain: false,
    });
  }
  await gate.untilPrinted(`topic: ${STATUS}\npayload: noop\nqos: 1\n`);
  const { code, stdout, stderr } = await gate.stop();
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assert(stdout.endsWith("exit program\n"), stdout);
});

test.anyBroker(
  "gate publishes each change of its state, and answers what it doesn't know",
  async (broker) => {
    await using subscriber = await openClient(broker.url);
    await subscriber.publish(COMMAND, "alarm", { retain: true });
    await subscriber.subscribe(STATUS, 1);
    await using gate = lesson.start("gate", broker);
    await gate.untilPrinted("Looping...\n");
    // A retained command, and what isn't a command at all, move nothing.
    await gate.untilPrinted(`topic: ${COMMAND}\npayload: alarm\n`);
    for (const args of [["open"], ["close"], ["alarm"], ["constructor"]]) {
      await lesson.run("command", { url: broker.url, args });
      await gate.untilPrinted(
        `topic: ${COMMAND}\npayload: ${args}\nqos: 1\n` +
          `Should invoke gate ${args} function\n`,
      );
    }
    const changes = () =>
      subscriber.received.map(({ text }) => text)
        .filter((text) => text !== "noop");
    for (let count = 1; changes().length < 6; count++) {
      await subscriber.untilReceived(count);
    }
    assertEquals(changes(), [
      "opening",
      "opened",
      "closing",
      "closed",
      "alarm",
      "unknown command: constructor",
    ]);
    assertEquals(gate.logged(), "");
  },
  { needs: ["retained message, at another node"] },
);

test.anyBroker("gate says noop no more while it moves", async (broker) => {
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe(STATUS, 1);
  await using gate = lesson.start("gate", broker);
  await gate.untilPrinted("Looping...\n");
  for (const command of ["open", "close", "open"]) {
    await subscriber.publish(COMMAND, command, { qos: 1 });
  }
  // Three seconds of moving, in which three heartbeats would have come.
  const texts = (await subscriber.untilReceived(6)).map(({ text }) => text);
  assertEquals(texts, [
    ...["opening", "opened"],
    ...["closing", "closed"],
    ...["opening", "opened"],
  ]);
});

Deno.test("command asks for a command", async () => {
  const { code, stderr } = await lesson.run("command");
  assertEquals(code, 2);
  assertEquals(stderr, "Command is missing: open, close or alarm\n");
});

test.pahoOverMosquitto("gate takes paho's commands and reports to paho over mosquitto", async ({ url }) => {
  await using gate = lesson.start("gate", { url });
  await gate.untilPrinted("Looping...\n");
  await using subscriber = await subscribeWithPaho(url, STATUS, 3);
  await publishWithPaho(url, [[COMMAND, "open"]]);
  const lines = (await subscriber.lines())
    .filter((line) => !line.endsWith("noop"));
  assertEquals(
    lines,
    [`${STATUS} opening`, `${STATUS} opened`].slice(0, lines.length),
  );
  assert(lines.length > 0, "The gate didn't move");
});
