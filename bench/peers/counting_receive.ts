/**
 * Counts the readings that subscribers get, acknowledges them, and looks at
 * nothing else in them. It ends when each has the message that follows them.
 */
import { packetLength } from "../../workbook/messages/packet_length.ts";
import { subscribePacket, TYPE } from "../../testing/clients/raw_client.ts";
import { END, FILTER } from "../_programs.ts";
import { now, print, readJob } from "./_job.ts";
import { openWire, type Wire } from "./_wire.ts";

const ACKNOWLEDGEMENT = 4;

const { port, qos, subscribers } = readJob();
const wires = await Promise.all(
  Array.from(
    { length: subscribers },
    (_, index) => openWire(port, `subscriber${index}`),
  ),
);
for (const wire of wires) {
  await wire.send(subscribePacket({ [FILTER]: qos }));
  await wire.packets();
}
print({ event: "subscribed" });
let received = 0;
await Promise.all(wires.map(receive));
print({ ended: now(), received });
for (const wire of wires) wire[Symbol.dispose]();

/** Works off what one subscriber gets. */
async function receive(wire: Wire): Promise<void> {
  let isOver = false;
  while (!isOver) {
    const packets = await wire.packets();
    // No packet that wants an answer is shorter than the answer.
    const answers = new Uint8Array(qos === 0 ? 0 : packets.length);
    let end = 0;
    for (let at = 0; at < packets.length; at += packetLength(packets, at)!) {
      const header = packets[at]!;
      let type: number = TYPE.PUBCOMP;
      let id = at + 2;
      if (header !== TYPE.PUBREL) {
        const topicLength = packets[at + 3]!;
        if (topicLength === END.length) isOver = true;
        else received++;
        const delivered = (header >> 1) & 3;
        if (delivered === 0) continue;
        type = delivered === 1 ? TYPE.PUBACK : TYPE.PUBREC;
        id += 2 + topicLength;
      }
      answers.set([type, 2, packets[id]!, packets[id + 1]!], end);
      end += ACKNOWLEDGEMENT;
    }
    if (end > 0) await wire.send(answers.subarray(0, end));
  }
}
