import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { allEnd, endingsOf } from "../../../testing/clients/endings5.ts";
import {
  publish5,
  session5,
  subscribe5,
  TYPE5,
} from "../../../testing/clients/packets5.ts";
import { PROPERTY } from "../../../testing/clients/properties5.ts";
import {
  connectRaw5,
  ping5,
  type RawClient5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";

const { PUBACK, SUBACK } = TYPE5;

/** A PUBLISH with a topic alias. */
function aliased(topic: string, alias: number, payload = ""): Uint8Array {
  const properties = [[PROPERTY.topicAlias, alias]] as const;
  return publish5({ topic, payload, properties });
}

async function reader(broker: { port: number }): Promise<RawClient5> {
  const client = await connectRaw5(broker);
  await client.ask(SUBACK, subscribe5({ "#": 0 }));
  return client;
}

Deno.test("startBroker() takes every topic alias up to its maximum, and each anew", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await reader(broker);
  await using client = await connectRaw5(broker);
  const [maximum] = valuesOf(client.connack, "topicAliasMaximum");
  const aliases = Array.from(
    { length: Number(maximum) },
    (_, index) => index + 1,
  );
  assert(aliases.length > 0);
  for (const alias of aliases) await client.send(aliased(`a/${alias}`, alias));
  for (const alias of aliases) await client.send(aliased("", alias));
  await client.send(aliased("other", 1), aliased("", 1));
  const topics = aliases.map((alias) => `a/${alias}`);
  for (const topic of [...topics, ...topics, "other", "other"]) {
    const packet = await subscriber.receive();
    assertEquals(packet.topic, topic);
    // It is between two neighbours, and goes no further.
    assertEquals(valuesOf(packet, "topicAlias"), []);
  }
});

Deno.test("startBroker() ends with 148 who uses a topic alias that can't be", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  const [maximum] = valuesOf(client.connack, "topicAliasMaximum");
  const cases = {
    "one too many": aliased("a", Number(maximum) + 1),
    "65,535": aliased("a", 65_535),
  };
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 148));
  // For 0 the standard names no reason code.
  const { zero } = await endingsOf(broker, { zero: aliased("a", 0) });
  assert(zero === 148 || zero === 130, `${zero}`);
});

Deno.test("startBroker() forgets topic aliases with the connection, also where the session goes on", async () => {
  await using broker = await startBroker({ port: 0 });
  await using subscriber = await reader(broker);
  await using first = await connectRaw5(broker, session5("a"));
  await first.send(aliased("a", 1), aliased("", 1));
  for (let count = 0; count < 2; count++) {
    assertEquals((await subscriber.receive()).topic, "a");
  }
  await using second = await connectRaw5(broker, session5("a"));
  assertEquals(second.connack.sessionPresent, 1);
  await second.send(aliased("", 1));
  assertEquals(await second.end(), 130);
  await ping5(subscriber);
});

Deno.test("startBroker() uses topic aliases only as far as its client takes them", async () => {
  await using broker = await startBroker({ port: 0 });
  await using client = await connectRaw5(broker);
  for (const maximum of [undefined, 0, 1, 2, 65_535]) {
    await using subscriber = await connectRaw5(broker, {
      properties: maximum === undefined
        ? []
        : [[PROPERTY.topicAliasMaximum, maximum]],
    });
    await subscriber.ask(SUBACK, subscribe5({ "#": 0 }));
    const topics = ["a/1", "a/2", "a/3", "a/4", "a/1", "a/2", "a/3", "a/4"];
    for (const topic of topics) {
      await client.ask(PUBACK, publish5({ topic, qos: 1 }));
    }
    const known = new Map<number, string>();
    for (const topic of topics) {
      const packet = await subscriber.receive();
      const [alias] = valuesOf(packet, "topicAlias").map(Number);
      if (alias !== undefined) {
        assert(alias > 0 && alias <= (maximum ?? 0), `${alias} of ${maximum}`);
        if (packet.topic !== "") known.set(alias, packet.topic);
      }
      assertEquals(packet.topic || known.get(alias!), topic);
    }
  }
});
