import { assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { disconnect5 } from "../../../testing/clients/packets5.ts";
import {
  openSession5,
  publishOnce5,
} from "../../../testing/clients/sessions5.ts";
import { test, times } from "../../../testing/test.ts";

test.broker("startBroker() gives what is shared to a member who is away, when another one's session ends", async (broker) => {
  const filters = { "$share/group/jobs/#": 1, "end": 1 };
  for (const [name, expiry] of [["long", 60], ["brief", 1]] as const) {
    await using client = await openSession5(broker, name, { expiry });
    await client.subscribe(filters);
    await client.send(disconnect5());
    assertEquals(await client.end(), undefined);
  }
  const jobs = times(6, (index) => `jobs/${index}`);
  for (const topic of jobs) await publishOnce5(broker, topic);
  await pause(1_200);
  await publishOnce5(broker, "end");
  await using client = await openSession5(broker, "long");
  const received: string[] = [];
  while (received.at(-1) !== "end") {
    received.push((await client.receive()).topic);
  }
  assertEquals(received.toSorted(), ["end", ...jobs]);
});
