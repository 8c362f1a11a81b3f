import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import {
  disconnect5,
  subscribe5,
  TYPE5,
  type Will5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import { NEVER_EXPIRES } from "../../../testing/clients/protocols.ts";
import { ping5 } from "../../../testing/clients/raw_client5.ts";
import {
  ABOUT,
  aboutOf,
  openSession5,
} from "../../../testing/clients/sessions5.ts";
import { storeTest } from "../../../testing/brokers/stored_broker.ts";

storeTest(
  "startBroker() keeps a session in its store for as long as its client has asked",
  async (restart) => {
    let broker = await restart();
    const expiries = {
      brief: 1,
      long: 60,
      shortened: 60,
      eternal: NEVER_EXPIRES,
    };
    for (const [name, expiry] of Object.entries(expiries)) {
      await using client = await openSession5(broker, name, { expiry });
      await client.ask(TYPE5.SUBACK, subscribe5({ "iot/#": 1 }));
      if (name !== "shortened") continue;
      await client.send(disconnect5(0, [[PROPERTY.sessionExpiryInterval, 1]]));
      // It has read what it was sent once it closes.
      assertEquals(await client.end(), undefined);
    }
    broker = await restart();
    await pause(1_500);
    broker = await restart();
    const present: Record<string, number> = {};
    for (const name of Object.keys(expiries)) {
      await using client = await openSession5(broker, name);
      present[name] = client.connack.sessionPresent;
    }
    assertEquals(present, { brief: 0, long: 1, shortened: 0, eternal: 1 });
  },
);

storeTest(
  "startBroker() keeps in its store the wills that wait, with what they say",
  async (restart) => {
    let broker = await restart();
    const will = (topic: string, delay: number): Will5 => ({
      topic,
      payload: topic,
      qos: 1,
      properties: [[PROPERTY.willDelayInterval, delay], ...ABOUT],
    });
    {
      await using watcher = await openSession5(broker, "watcher");
      await watcher.ask(TYPE5.SUBACK, subscribe5({ "wills/#": 1 }));
      await watcher.send(disconnect5());
    }
    const start = performance.now();
    for (
      const [name, delay] of [["due", 1], ["back", 2], ["late", 4]] as const
    ) {
      const client = await openSession5(broker, name, {
        will: will(`wills/${name}`, delay),
      });
      client.close();
    }
    broker = await restart();
    {
      await using back = await openSession5(broker, "back");
      await back.send(disconnect5());
      assertEquals(await back.end(), undefined);
    }
    await broker.close();
    await pause(1_200);
    broker = await restart();
    await using watcher = await openSession5(broker, "watcher");
    const due = await watcher.receive();
    assertEquals([due.topic, due.payload], ["wills/due", "wills/due"]);
    assertEquals(aboutOf(due), ABOUT);
    const late = await watcher.receive();
    assertEquals([late.topic, aboutOf(late)], ["wills/late", ABOUT]);
    const waited = performance.now() - start;
    assert(waited > 3_500 && waited < 8_000, `It came after ${waited} ms`);
    await ping5(watcher);
  },
);
