import { assert, assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import {
  allEnd,
  endingsOf,
  refusalsOf,
} from "../../../testing/clients/endings5.ts";
import {
  auth5,
  connect5,
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
  openRaw5,
  ping5,
  valuesOf,
} from "../../../testing/clients/raw_client5.ts";

const METHOD: Property = [PROPERTY.authenticationMethod, "SCRAM-SHA-1"];
const DATA: Property = [PROPERTY.authenticationData, Uint8Array.of(1, 2)];

Deno.test("startBroker() refuses an authentication method with 140, and reads nothing that follows", async () => {
  await using broker = await startBroker({ port: 0 });
  await using reader = await connectRaw5(broker);
  await reader.ask(TYPE5.SUBACK, subscribe5({ "#": 0 }));
  const cases = {
    "a method": connect5({ properties: [METHOD] }),
    "a method with data": connect5({ properties: [METHOD, DATA] }),
    "an empty method": //
      connect5({ properties: [[PROPERTY.authenticationMethod, ""]] }),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 140));
  await using client = await openRaw5(broker);
  await client.send(
    connect5({ properties: [METHOD] }),
    auth5(0x18, [METHOD]),
    publish5({ topic: "a" }),
  );
  const connack = await client.take(TYPE5.CONNACK);
  assertEquals(connack.reason, 140);
  assertEquals(valuesOf(connack, "authenticationMethod"), []);
  assertEquals(await client.end(), undefined);
  await ping5(reader);
});

Deno.test("startBroker() ends with 130 who sends AUTH without an authentication method", async () => {
  await using broker = await startBroker({ port: 0 });
  const cases = {
    "to go on": auth5(0x18, [METHOD]),
    "anew": auth5(0x19, [METHOD]),
    "without a method": auth5(0x19),
    "with nothing": auth5(),
  };
  assertEquals(await endingsOf(broker, cases), allEnd(cases, 130));
});

Deno.test("startBroker() sends neither AUTH nor an authentication method to who has none", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "right" } });
  await using client = await connectRaw5(broker, {
    ...{ user: "ann", password: "right" },
  });
  assertEquals(valuesOf(client.connack, "authenticationMethod"), []);
  assertEquals(valuesOf(client.connack, "authenticationData"), []);
  await ping5(client);
});

Deno.test("startBroker() refuses a wrong name or password with 134, and who gives none with an error", async () => {
  await using broker = await startBroker({ port: 0, users: { ann: "right" } });
  const endings = await refusalsOf(broker, {
    password: connect5({ user: "ann", password: "wrong" }),
    name: connect5({ user: "bob", password: "right" }),
    "no password": connect5({ user: "ann" }),
    none: connect5(),
  });
  const { none, ...wrong } = endings;
  assertEquals(wrong, allEnd(wrong, 134));
  assert(none === 134 || none === 135, `${none}`);
});
