/**
 * Takes what one client publishes at QoS 0, and does nothing with it, so that no
 * broker is measured. It prints its port, and later the seconds from the client's
 * CONNECT to its DISCONNECT, and how many messages came.
 */
import { rawPacket, TYPE } from "../../testing/clients/raw_client.ts";
import { packetLength } from "../../workbook/messages/packet_length.ts";
import { print } from "./_job.ts";
import { wireOf } from "./_wire.ts";

using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
print({ port: listener.addr.port });
using wire = wireOf(await listener.accept());

let start = NaN;
let received = 0;
let hasEnded = false;
while (!hasEnded) {
  const packets = await wire.packets();
  for (let at = 0; at < packets.length; at += packetLength(packets, at)!) {
    if (packets[at] === TYPE.PUBLISH) received++;
    else if (packets[at] === TYPE.DISCONNECT) hasEnded = true;
    else if (packets[at] === TYPE.CONNECT) {
      start = performance.now();
      await wire.send(rawPacket(TYPE.CONNACK, Uint8Array.of(0, 0)));
    }
  }
}
print({ seconds: (performance.now() - start) / 1000, received });
