import { assert, assertEquals, assertMatch } from "@std/assert";
import { RetainedMessages } from "./delivery/retained.ts";
import { Router } from "./delivery/router.ts";
import { Figures } from "./figures.ts";
import { readLimits } from "./limits.ts";
import type { Sessions } from "./sessions.ts";
import { publishSystemTopics } from "./system_topics.ts";
import { openClient } from "../../testing/clients/clients.ts";
import { within } from "../../testing/deadline.ts";
import { test } from "../../testing/test.ts";

test.broker("startBroker() tells below $SYS/broker/ how it is, and nothing of its clients", async (broker) => {
  await using _other = await openClient(broker.url, { clientId: "secret" });
  await using client = await openClient(broker.url);
  await client.subscribe("$SYS/#");
  const received = await client.untilReceived(14);
  assert(received.every(({ retain }) => retain));
  const figures = new Map(received.map(({ topic, text }) => [topic, text]));
  assertEquals(figures.get("$SYS/broker/version"), "MQTT workbook for Deno");
  assertMatch(figures.get("$SYS/broker/uptime")!, /^\d+ seconds$/);
  for (const name of ["clients/connected", "messages/received", "bytes/sent"]) {
    assertMatch(figures.get(`$SYS/broker/${name}`)!, /^\d+$/);
  }
  assert(!JSON.stringify(received).includes("secret"));
});

Deno.test("publishSystemTopics() publishes a figure again when it has changed", async () => {
  const figures = new Figures();
  const retained = new RetainedMessages(readLimits(), { log: () => {} });
  const router = new Router(retained);
  const sessions = { all: [] as unknown[] } as Sessions;
  const counts: string[] = [];
  const twice = Promise.withResolvers<void>();
  router.send = ({ topic, payload }) => {
    if (topic.text === "$SYS/broker/messages/received") {
      counts.push(`${payload}`);
      figures.packetsReceived = 7;
      if (counts.length === 2) twice.resolve();
    }
  };
  const stop = publishSystemTopics({
    ...{ figures, retained, router, sessions },
    interval: 5,
  });
  try {
    await within("the second time", twice.promise);
  } finally {
    stop();
  }
  assertEquals(counts, ["0", "7"]);
  // They take no room from what clients retain.
  assertEquals(retained.count, 0);
});
