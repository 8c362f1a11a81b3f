import { assert, assertEquals } from "@std/assert";
import { setTimeout as pause } from "node:timers/promises";
import { openClient } from "../../../testing/clients/clients.ts";
import {
  disconnect5,
  OPTION,
  publish5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
} from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  ping5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";
import {
  ABOUT,
  aboutOf,
  openSession5,
  publishOnce5,
} from "../../../testing/clients/sessions5.ts";
import { storeTest } from "../../../testing/brokers/stored_broker.ts";

storeTest(
  "startBroker() keeps in its store what messages say in MQTT 5, and how long they live",
  async (restart) => {
    let broker = await restart();
    {
      await using recorder = await openSession5(broker, "recorder");
      await recorder.ask(TYPE5.SUBACK, subscribe5({ "iot/#": 2 }));
      await recorder.send(disconnect5());
    }
    const expiry = (seconds: number): Property => [
      PROPERTY.messageExpiryInterval,
      seconds,
    ];
    for (const retain of [false, true]) {
      const [brief, long] = retain ? ["b", "d"] : ["a", "c"];
      await publishOnce5(broker, `iot/${brief}`, {
        properties: [expiry(1)],
        retain,
      });
      const properties = [...ABOUT, expiry(100)];
      await publishOnce5(broker, `iot/${long}`, { properties, retain });
    }
    await publishOnce5(broker, "iot/eternal", { properties: ABOUT });
    broker = await restart();
    await pause(2_100);
    broker = await restart();
    await using recorder = await openSession5(broker, "recorder");
    assertEquals(recorder.connack.sessionPresent, 1);
    const received = [
      await recorder.receive(),
      await recorder.receive(),
      await recorder.receive(),
    ];
    assertEquals(
      received.map(({ topic, payload, qos }) => [topic, payload, qos]),
      ["iot/c", "iot/d", "iot/eternal"].map((topic) => [topic, topic, 1]),
    );
    await using newcomer = await connectRaw5(broker);
    await newcomer.ask(TYPE5.SUBACK, subscribe5({ "iot/#": 1 }));
    const retained = await newcomer.receive();
    assertEquals([retained.topic, retained.retain], ["iot/d", true]);
    for (const message of [...received, retained]) {
      assertEquals(aboutOf(message), ABOUT, message.topic);
      const left = valuesOf(message, "messageExpiryInterval")[0] as number;
      if (message.topic === "iot/eternal") assertEquals(left, undefined);
      else assert(left! >= 80 && left! <= 98, `${left} s are left of 100`);
    }
    for (const client of [recorder, newcomer]) await ping5(client);
  },
);

storeTest(
  "startBroker() keeps in its store the options and identifiers of MQTT 5's subscriptions",
  async (restart) => {
    const { NO_LOCAL, RETAIN_AS_PUBLISHED } = OPTION;
    let broker = await restart();
    {
      await using client = await openSession5(broker, "client");
      for (
        const [filter, options, identifier] of [
          ["a/+", 1 | NO_LOCAL, 1],
          ["b/#", 2 | RETAIN_AS_PUBLISHED, 268_435_455],
          ["+/x", 1, 300],
        ] as const
      ) {
        const properties: Property[] = [
          [PROPERTY.subscriptionIdentifier, identifier],
        ];
        const packet = subscribe5({ [filter]: options }, { properties });
        await client.ask(TYPE5.SUBACK, packet);
      }
      await client.ask(TYPE5.SUBACK, subscribe5({ "end": 1 }));
    }
    for (let turn = 0; turn < 2; turn++) {
      broker = await restart();
      // What waits for the session has them, too.
      if (turn === 0) await publishOnce5(broker, "b/x", { retain: true });
      await using client = await openSession5(broker, "client");
      assertEquals(client.connack.sessionPresent, 1);
      if (turn === 1) await publishOnce5(broker, "b/x", { retain: true });
      const both = await client.receive();
      assertEquals([both.topic, both.retain], ["b/x", true]);
      const identifiers = valuesOf(both, "subscriptionIdentifier");
      assertEquals(new Set(identifiers), new Set([300, 268_435_455]));
      await publishOnce5(broker, "c/x", { retain: true });
      const plain = await client.receive();
      assertEquals([plain.topic, plain.retain], ["c/x", false]);
      assertEquals(valuesOf(plain, "subscriptionIdentifier"), [300]);
      await client.send(publish5({ topic: "a/y" }));
      await publishOnce5(broker, "a/z");
      const foreign = await client.receive();
      assertEquals(foreign.topic, "a/z");
      assertEquals(valuesOf(foreign, "subscriptionIdentifier"), [1]);
      await publishOnce5(broker, "end");
      const end = await client.receive();
      assertEquals(end.topic, "end");
      assertEquals(valuesOf(end, "subscriptionIdentifier"), []);
      // By then the broker has read each acknowledgement.
      await ping5(client);
    }
  },
);

storeTest(
  "startBroker() keeps in its store who shares a subscription, and gives each message to one",
  async (restart) => {
    let broker = await restart();
    const names = ["one", "other"];
    for (const name of names) {
      await using client = await openSession5(broker, name);
      const filters = { "$share/group/jobs/#": 1, [`end/${name}`]: 1 };
      await client.ask(TYPE5.SUBACK, subscribe5(filters));
    }
    const topics = Array.from({ length: 20 }, (_, index) => `jobs/${index}`);
    for (const topic of topics.slice(0, 10)) await publishOnce5(broker, topic);
    broker = await restart();
    for (const topic of topics.slice(10)) await publishOnce5(broker, topic);
    broker = await restart();
    const received: string[] = [];
    for (const name of names) {
      await using client = await openSession5(broker, name);
      await publishOnce5(broker, `end/${name}`);
      for (let topic = ""; topic !== `end/${name}`;) {
        topic = (await client.receive()).topic;
        received.push(topic);
      }
    }
    const ends = names.map((name) => `end/${name}`);
    assertEquals(received.toSorted(), [...topics, ...ends].toSorted());
  },
);

storeTest(
  "startBroker() gives a stored session to its client in whichever version it comes back",
  async (restart) => {
    let broker = await restart();
    {
      await using client = await openClient(broker.url, {
        clientId: "old",
        clean: false,
      });
      await client.subscribe("iot/#", 1);
    }
    {
      await using client = await openSession5(broker, "new");
      await client.ask(TYPE5.SUBACK, subscribe5({ "iot/#": 1 }));
    }
    broker = await restart();
    await publishOnce5(broker, "iot/x", { properties: ABOUT });
    broker = await restart();
    await using renewed = await openSession5(broker, "old");
    assertEquals(renewed.connack.sessionPresent, 1);
    const message = await renewed.receive();
    assertEquals([message.topic, aboutOf(message)], ["iot/x", ABOUT]);
    await using aged = await openClient(broker.url, {
      clientId: "new",
      clean: false,
    });
    assertEquals((await aged.untilReceived(1))[0]?.topic, "iot/x");
  },
);
