/**
 * Sends one subscriber as many readings as it is told, as fast as the subscriber
 * takes them. It speaks just enough MQTT for that (CONNACK, SUBACK, PUBLISH at
 * QoS 0), with packets made beforehand, so that no broker is measured.
 *
 * It prints its port, and later the seconds from the first reading to the
 * subscriber's DISCONNECT.
 */
import {
  join,
  publishPacket,
  rawPacket,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { READINGS, TOPIC } from "../_programs.ts";
import { print, readJob } from "./_job.ts";
import { wireOf } from "./_wire.ts";

const CHUNKS_A_BATCH = 20;

const { messages } = readJob();
const readings = READINGS.map((payload) =>
  publishPacket({ topic: TOPIC, payload })
);
const batch = join(
  Array.from({ length: CHUNKS_A_BATCH }, () => readings).flat(),
);
const batchLength = READINGS.length * CHUNKS_A_BATCH;

using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
print({ port: listener.addr.port });
using wire = wireOf(await listener.accept());

await packetOf(TYPE.CONNECT);
await wire.send(rawPacket(TYPE.CONNACK, Uint8Array.of(0, 0)));
const subscribe = await packetOf(TYPE.SUBSCRIBE);
// The packet's id comes back, and QoS 0 is granted.
await wire.send(
  rawPacket(TYPE.SUBACK, subscribe.subarray(2, 4), Uint8Array.of(0)),
);
const disconnected = packetOf(TYPE.DISCONNECT);
const start = performance.now();
for (let left = messages; left > 0; left -= batchLength) {
  await wire.send(
    left >= batchLength ? batch : join(
      Array.from(
        { length: left },
        (_, index) => readings[index % readings.length]!,
      ),
    ),
  );
}
await disconnected;
const seconds = (performance.now() - start) / 1000;
print({ seconds });

/** Waits for a packet that comes first or alone, and passes over others (PINGREQ). */
async function packetOf(type: number): Promise<Uint8Array> {
  while (true) {
    const packets = await wire.packets();
    if (packets[0] === type) return packets;
  }
}
