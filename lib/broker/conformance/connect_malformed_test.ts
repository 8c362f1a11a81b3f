import { assertEquals } from "@std/assert";
import { startBroker } from "../../broker.ts";
import { allEnd, refusalsOf } from "../../../testing/clients/endings5.ts";
import { connect5, TYPE5 } from "../../../testing/clients/packets5.ts";
import {
  PROPERTY,
  type Property,
  propertyBytes,
} from "../../../testing/clients/properties5.ts";
import { rawPacket, text, word } from "../../../testing/clients/raw_client.ts";

const NO_PROPERTIES = propertyBytes([]);
const WILL = { topic: "a", payload: "b" };

/** A CONNECT whose payload is what is given. */
function payload(flags: number, ...parts: Uint8Array[]): Uint8Array {
  const version = Uint8Array.of(5, flags);
  const header = [text("MQTT"), version, word(0), NO_PROPERTIES];
  return rawPacket(TYPE5.CONNECT, ...header, ...parts);
}

Deno.test("startBroker() refuses a CONNECT that can't be read with 129", async () => {
  await using broker = await startBroker({ port: 0 });
  const id = text("id");
  const cases = {
    "its reserved flag": connect5({ flags: 0x03 }),
    "a will QoS without a will": connect5({ flags: 0x0a }),
    "a retained will without a will": connect5({ flags: 0x22 }),
    "a will QoS of 3": connect5({ will: WILL, flags: 0x1e }),
    "no client id": payload(0x02),
    "half a client id": payload(0x02, word(9), Uint8Array.of(0x61)),
    "a will without properties, topic and payload": payload(0x06, id),
    "a will without topic and payload": payload(0x06, id, NO_PROPERTIES),
    "a will without a payload": payload(0x06, id, NO_PROPERTIES, text("a")),
    "no user name, which its flag says": payload(0x82, id),
    "no password, which its flag says": payload(0x42, id),
    "no password after the user name": payload(0xc2, id, text("ann")),
    "a user name, which its flag doesn't say": payload(0x02, id, text("ann")),
    "a password, which its flag doesn't say": //
      payload(0x82, id, text("ann"), text("secret")),
    "a will, which its flag doesn't say": //
      payload(0x02, id, NO_PROPERTIES, text("a"), text("b")),
    "the end after the protocol version": //
      rawPacket(TYPE5.CONNECT, text("MQTT"), Uint8Array.of(5)),
    "the end after the keepalive": //
      rawPacket(TYPE5.CONNECT, text("MQTT"), Uint8Array.of(5, 2, 0, 0)),
    "properties that are longer than it": rawPacket(
      TYPE5.CONNECT,
      ...[text("MQTT"), Uint8Array.of(5, 2, 0, 0), Uint8Array.of(99), id],
    ),
    "a property that nobody knows": //
      connect5({ properties: [Uint8Array.of(0x7f, 0)] }),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 129));
});

Deno.test("startBroker() refuses a CONNECT whose fixed header has flags", async () => {
  await using broker = await startBroker({ port: 0 });
  const cases: Record<string, Uint8Array> = {};
  for (const flags of [1, 2, 4, 8, 15]) {
    cases[flags] = connect5();
    cases[flags][0] = TYPE5.CONNECT | flags;
  }
  const endings = await refusalsOf(broker, cases);
  const unfit = Object.entries(endings).filter(([, ending]) =>
    ending !== undefined && ending !== 129
  );
  assertEquals(unfit, []);
});

Deno.test("startBroker() refuses a CONNECT that breaks the protocol with 130", async () => {
  await using broker = await startBroker({ port: 0 });
  const connect = (...properties: Property[]) => connect5({ properties });
  const will = (...properties: Property[]) =>
    connect5({ will: { ...WILL, properties } });
  const cases = {
    "a receive maximum of 0": connect([PROPERTY.receiveMaximum, 0]),
    "a maximum packet size of 0": connect([PROPERTY.maximumPacketSize, 0]),
    "a request for problem information of 2": //
      connect([PROPERTY.requestProblemInformation, 2]),
    "a request for response information of 2": //
      connect([PROPERTY.requestResponseInformation, 2]),
    "authentication data without a method": //
      connect([PROPERTY.authenticationData, Uint8Array.of(1)]),
    "two session expiry intervals": connect(
      [PROPERTY.sessionExpiryInterval, 1],
      [PROPERTY.sessionExpiryInterval, 1],
    ),
    "two receive maximums": //
      connect([PROPERTY.receiveMaximum, 1], [PROPERTY.receiveMaximum, 1]),
    "two will delays": will(
      [PROPERTY.willDelayInterval, 1],
      [PROPERTY.willDelayInterval, 1],
    ),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 130));
});

Deno.test("startBroker() refuses a CONNECT that says what has no reason code of its own", async () => {
  await using broker = await startBroker({ port: 0 });
  const connect = (property: Property) => connect5({ properties: [property] });
  const will = (property: Property) =>
    connect5({ will: { ...WILL, properties: [property] } });
  const endings = await refusalsOf(broker, {
    "a will delay among CONNECT's properties": //
      connect([PROPERTY.willDelayInterval, 1]),
    "a topic alias": connect([PROPERTY.topicAlias, 1]),
    "a session expiry among the will's properties": //
      will([PROPERTY.sessionExpiryInterval, 1]),
    "a topic alias of the will": will([PROPERTY.topicAlias, 1]),
    "a payload format of 2": will([PROPERTY.payloadFormatIndicator, 2]),
    "a response topic with a wildcard": will([PROPERTY.responseTopic, "a/#"]),
    "a will topic with a wildcard": connect5({ will: { topic: "a/#" } }),
    "a will topic that is empty": connect5({ will: { topic: "" } }),
  });
  const unfit = Object.entries(endings).filter(([, ending]) =>
    ![129, 130, 144].includes(ending as number)
  );
  assertEquals(unfit, []);
});

Deno.test("startBroker() takes a password without a user name", async () => {
  await using broker = await startBroker({ port: 0 });
  const cases = {
    "a password": connect5({ password: "secret" }),
    "an empty one": connect5({ password: "" }),
    "an empty user name": connect5({ user: "" }),
    "both, with a will": connect5({
      ...{ user: "ann", password: "secret", will: { ...WILL, qos: 2 } },
    }),
  };
  assertEquals(await refusalsOf(broker, cases), allEnd(cases, 0));
});
