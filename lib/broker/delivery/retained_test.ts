import { assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { startBroker } from "../../broker.ts";
import { openClient } from "../../../testing/clients/clients.ts";

Deno.test("startBroker() gives the places of retained messages that have expired to others", async () => {
  const log: string[] = [];
  await using broker = await startBroker({
    port: 0,
    limits: { maxRetainedMessages: 3 },
    log: (line) => log.push(line),
  });
  await using publisher = await openClient(broker.url, { protocolVersion: 5 });
  const keep = (topic: string, messageExpiryInterval: number) =>
    publisher.publish(topic, "x", {
      ...{ qos: 1, retain: true },
      properties: { messageExpiryInterval },
    });
  await keep("long", 100);
  for (const topic of ["brief/1", "brief/2"]) await keep(topic, 1);
  await pause(1_100);
  for (const topic of ["late/1", "late/2", "late/3"]) await keep(topic, 100);
  await using subscriber = await openClient(broker.url);
  await subscriber.subscribe(["#"], 1);
  const received = await subscriber.untilReceived(3);
  assertEquals(
    received.map(({ topic }) => topic).toSorted(),
    ["late/1", "late/2", "long"],
  );
  assertEquals(log.filter((line) => line.includes("not kept")).length, 1);
});
