/**
 * Sends one subscriber as many readings as it is told, as fast as the subscriber
 * takes them. It speaks just enough MQTT for that (CONNACK, SUBACK, PUBLISH at
 * QoS 0), with packets made beforehand, so that no broker is measured.
 *
 * It prints its port, and later the seconds from the first reading to the
 * subscriber's DISCONNECT.
 */
import {
  publishPacket,
  rawPacket,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { READINGS, TOPIC } from "../_programs.ts";
import { readJob } from "./_job.ts";

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
console.log(JSON.stringify({ port: listener.addr.port }));
using connection = await listener.accept();
connection.setNoDelay(true);

await packetOf(TYPE.CONNECT);
await send(rawPacket(TYPE.CONNACK, Uint8Array.of(0, 0)));
const subscribe = await packetOf(TYPE.SUBSCRIBE);
// The packet's id comes back, and QoS 0 is granted.
await send(
  rawPacket(TYPE.SUBACK, subscribe.subarray(2, 4), Uint8Array.of(0)),
);
const disconnected = packetOf(TYPE.DISCONNECT);
const start = performance.now();
for (let left = messages; left > 0; left -= batchLength) {
  await send(
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
console.log(JSON.stringify({ seconds }));

/**
 * Waits for a packet, and passes over others (PINGREQ). A subscriber waits for
 * the answer before it sends more, so that packets don't come several at once.
 */
async function packetOf(type: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(4096);
  while (true) {
    const length = await connection.read(bytes);
    if (length === null) throw new Error("Subscriber left without DISCONNECT");
    if (bytes[0] === type) return bytes.subarray(0, length);
  }
}

async function send(bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) {
    sent += await connection.write(bytes.subarray(sent));
  }
}

function join(packets: Uint8Array[]): Uint8Array {
  const length = packets.reduce((sum, packet) => sum + packet.length, 0);
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const packet of packets) {
    whole.set(packet, offset);
    offset += packet.length;
  }
  return whole;
}
