import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import { startBroker } from "../../broker.ts";
import { openClient } from "../../../testing/clients/clients.ts";
import { within } from "../../../testing/deadline.ts";
import {
  openRaw,
  publishPacket,
  TYPE,
} from "../../../testing/clients/raw_client.ts";
import { test } from "../../../testing/test.ts";

for (const transport of ["url", "websocketUrl"] as const) {
  Deno.test(`startBroker() carries 3 MB at every QoS, kept or not (${transport})`, async () => {
    await using broker = await startBroker({ port: 0, websocketPort: 0 });
    const url = broker[transport]!;
    await using subscriber = await openClient(url);
    await using publisher = await openClient(url);
    for (const qos of [0, 1, 2] as const) {
      const topic = `picture/${qos}`;
      const payload = Buffer.alloc(3_000_000);
      for (let index = 0; index < payload.length; index += 4) {
        payload.writeUInt32LE(Math.imul(index + qos, 2654435761) >>> 0, index);
      }
      const arrival = () =>
        new Promise<Buffer>((resolve) => {
          subscriber.client.once("message", (_topic, bytes) => resolve(bytes));
        });
      const live = arrival();
      await subscriber.subscribe(topic, qos);
      await publisher.publish(topic, payload, { qos, retain: true });
      assertEquals(payload.compare(await within("the message", live)), 0);
      const kept = arrival();
      await subscriber.subscribe(topic, qos);
      assertEquals(payload.compare(await within("the kept one", kept)), 0);
    }
  });
}

test.broker("startBroker() reads a payload that arrives in many pieces", async (broker) => {
  await using publisher = await openRaw(broker, {});
  const payload = new Uint8Array(500_000).fill(65);
  const packet = publishPacket({ topic: "pieces", payload, qos: 1 });
  for (let start = 0; start < packet.length; start += 1_000) {
    await publisher.send(packet.subarray(start, start + 1_000));
  }
  assertEquals((await publisher.next())?.header, TYPE.PUBACK);
});
