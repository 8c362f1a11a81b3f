import { assertEquals, assertMatch } from "@std/assert";
import { connect } from "../connect.ts";
import { BrokerUnreachableError } from "../errors.ts";
import { rejection, within } from "../../testing/deadline.ts";
import {
  publishPacket,
  rawPacket,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { startScriptedBroker } from "../../testing/brokers/scripted_broker.ts";
import { deliver, listen, QUICK } from "../../testing/brokers/scripts.ts";
import { logged, test, times } from "../../testing/test.ts";

const MALFORMED: Record<string, Uint8Array> = {
  "QoS 3": rawPacket(TYPE.PUBLISH | 6, Uint8Array.of(0, 1, 97, 0, 1)),
  "a SUBACK with code 3": rawPacket(TYPE.SUBACK, Uint8Array.of(0, 1, 3)),
  "a length of five bytes": Uint8Array.of(0x30, 255, 255, 255, 255, 1),
  "a PINGRESP with a reserved flag": rawPacket(TYPE.PINGRESP | 1),
  "a packet of a type that doesn't exist": rawPacket(0),
  "a topic longer than its packet": rawPacket(
    TYPE.PUBLISH,
    Uint8Array.of(0, 9, 97),
  ),
};

for (const [what, bytes] of Object.entries(MALFORMED)) {
  test.scripted(`connect() closes a connection that brings ${what}, says so, and connects again`, async (broker) => {
    const { lines, log } = logged();
    await using client = await connect(broker.url, { retryDelay: QUICK, log });
    const again = new Promise((resolve) => client.once("connect", resolve));
    broker.connections[0]!.socket.write(bytes);
    await within("the reconnection", again);
    assertEquals(lines.length, 2);
    assertMatch(
      lines[0]!,
      /^Connection to 127\.0\.0\.1:\d+ lost: what it answers is not MQTT \(.+\); connecting again$/,
    );
    await client.publishAsync("iot/x", "works", { qos: 1 });
  });
}

test.scripted("subscribe() handles what came before a malformed packet, and nothing after it", async (broker) => {
  const count = 1500;
  const release = Promise.withResolvers<void>();
  const texts: string[] = [];
  await using subscription = await listen(broker, async ({ text }) => {
    await release.promise;
    texts.push(text);
  }, { keepalive: 1, retryDelay: QUICK, log: () => {} });
  for (let id = 0; id < count; id++) deliver(broker, { qos: 0, id });
  // The client has read what it can hold: the rest comes in chunks of its own.
  await broker.received("pingreq", 2);
  const { socket } = broker.connections[0]!;
  socket.write(MALFORMED["QoS 3"]!);
  await broker.received("pingreq", 3);
  socket.write(publishPacket({ topic: "iot/x", payload: "after" }));
  await broker.received("pingreq", 4);
  release.resolve();
  await broker.received("subscribe", 2);
  await subscription.close();
  assertEquals(texts, times(count, (id) => `${id}`));
});

Deno.test("connect() says of a server that speaks another protocol that it isn't MQTT", async () => {
  await using broker = await startScriptedBroker((_packet, { socket }) => {
    socket.write("HTTP/1.1 400 Bad Request\r\n\r\n");
    return "answered";
  });
  await rejection(
    within("the error", connect(broker.url, { retry: false }), 2000),
    BrokerUnreachableError,
    "can't be reached: what it answers is not MQTT (",
  );
});
