/**
 * Publishes readings from packets that are made beforehand, as fast as a broker
 * takes them; at QoS 1 and 2 never with more in flight than the window.
 */
import { packetLength } from "../../workbook/messages/packet_length.ts";
import { Buffer } from "node:buffer";
import {
  acknowledgement,
  publishPacket,
  rawPacket,
  TYPE,
} from "../../testing/clients/raw_client.ts";
import { END, READINGS, TOPIC } from "../_programs.ts";
import { now, print, readJob } from "./_job.ts";
import { openWire } from "./_wire.ts";

const { port, clientId, qos, window, messages } = readJob();
if (window > READINGS.length) {
  throw new RangeError(
    `Window is ${window}: it must be at most ${READINGS.length}`,
  );
}
// They are equally long, and each has the message id of its place.
const readings = Buffer.concat(
  READINGS.map((payload, index) =>
    publishPacket({ topic: TOPIC, payload, qos, id: index + 1 })
  ),
);
const size = readings.length / READINGS.length;

using wire = await openWire(port, clientId);
const started = now();
let sent = 0;
let finished = 0;
await fill();
while (finished < messages) {
  await acknowledge(await wire.packets());
  await fill();
}
// At QoS 0, too, the broker has worked off all when it acknowledges this one.
await wire.send(publishPacket({ topic: END, qos: 1, id: 1 }));
await wire.packets();
await wire.send(rawPacket(TYPE.DISCONNECT));
print({ started });

/** Sends what the window has room for. */
async function fill(): Promise<void> {
  while (sent < messages && sent - finished < window) {
    const place = sent % READINGS.length;
    const count = Math.min(
      window - (sent - finished),
      READINGS.length - place,
      messages - sent,
    );
    await wire.send(readings.subarray(place * size, (place + count) * size));
    sent += count;
    if (qos === 0) finished = sent;
  }
}

/** Counts what is finished, and goes on with what is halfway (QoS 2). */
async function acknowledge(packets: Uint8Array): Promise<void> {
  const releases = [];
  for (let at = 0; at < packets.length; at += packetLength(packets, at)!) {
    const id = packets[at + 2]! << 8 | packets[at + 3]!;
    if (packets[at] === TYPE.PUBREC) {
      releases.push(acknowledgement(TYPE.PUBREL, id));
    } else if (id !== finished++ % READINGS.length + 1) {
      throw new Error(`Message ${id} is acknowledged out of turn`);
    }
  }
  if (releases.length > 0) await wire.send(Buffer.concat(releases));
}
