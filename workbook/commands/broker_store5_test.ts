import { assert, assertEquals } from "@std/assert";
import {
  acknowledge5,
  disconnect5,
  OPTION,
  publish5,
  subscribe5,
  TYPE5,
} from "../../testing/clients/packets5.ts";
import { PROPERTY, type Property } from "../../testing/clients/properties5.ts";
import { valuesOf } from "../../testing/clients/raw_client5.ts";
import {
  ABOUT,
  aboutOf,
  openSession5,
  publishOnce5,
} from "../../testing/clients/sessions5.ts";
import { startKillableBroker } from "../../testing/project/commands.ts";

const LEAVE_WITH_WILL = 4;

Deno.test("broker --store knows after a kill what MQTT 5 says of messages, subscriptions and wills", async () => {
  await using broker = await startKillableBroker();
  const restart = async () => {
    await broker.kill();
    await broker.start();
  };
  const identifier: Property = [PROPERTY.subscriptionIdentifier, 77];
  {
    await using recorder = await openSession5(broker, "recorder");
    const options = 2 | OPTION.RETAIN_AS_PUBLISHED;
    await recorder.ask(
      TYPE5.SUBACK,
      subscribe5({ "iot/#": options }, { properties: [identifier] }),
    );
  }
  const properties: Property[] = [
    ...ABOUT,
    [PROPERTY.messageExpiryInterval, 100],
  ];
  await restart();
  await publishOnce5(broker, "iot/x", { properties, retain: true });
  await restart();
  {
    const will = {
      topic: "iot/will",
      qos: 1, // It may come before the recorder is back.
      properties: [[PROPERTY.willDelayInterval, 1], ...ABOUT] as Property[],
    } as const;
    await using mortal = await openSession5(broker, "mortal", { will });
    await mortal.send(disconnect5(LEAVE_WITH_WILL));
    assertEquals(await mortal.end(), undefined);
    // What is acknowledged later has been stored later.
    await publishOnce5(broker, "later");
  }
  await restart();
  for (let turn = 0; turn < 2; turn++) {
    await using recorder = await openSession5(broker, "recorder");
    assertEquals(recorder.connack.sessionPresent, 1);
    const message = await recorder.take(TYPE5.PUBLISH);
    const { topic, retain, id, duplicate } = message;
    assertEquals([topic, retain, id, duplicate], ["iot/x", true, 1, turn > 0]);
    assertEquals(aboutOf(message), ABOUT);
    assertEquals(valuesOf(message, "subscriptionIdentifier"), [77]);
    const [left] = valuesOf(message, "messageExpiryInterval");
    assert(Number(left) > 50 && Number(left) <= 100, `${left} s are left`);
    if (turn === 0) {
      await restart();
      continue;
    }
    await recorder.send(acknowledge5(TYPE5.PUBACK, id));
    const will = await recorder.receive();
    assertEquals([will.topic, aboutOf(will)], ["iot/will", ABOUT]);
  }
  await using sender = await openSession5(broker, "sender");
  const first = publish5({ topic: "a", qos: 2, id: 9 });
  assertEquals((await sender.ask(TYPE5.PUBREC, first)).reason < 128, true);
  await restart();
  await using again = await openSession5(broker, "sender");
  const pubrel = acknowledge5(TYPE5.PUBREL, 9);
  assertEquals((await again.ask(TYPE5.PUBCOMP, pubrel)).reason, 0);
});
