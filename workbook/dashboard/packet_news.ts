import type { Packet } from "mqtt";
import { describePacket } from "../../lib/client/describe_packet.ts";
import { beginning, isCut } from "./beginning.ts";
import type { PacketNews } from "./protocol.ts";

/** What the page is told of a packet. */
export function packetNews(
  packet: Packet,
  isSent: boolean,
  time: number,
): PacketNews {
  const text = describePacket(packet);
  return {
    time,
    isSent,
    type: packet.cmd.toUpperCase(),
    ...packet.messageId && { id: packet.messageId },
    ...packet.cmd === "publish" && {
      qos: packet.qos,
      retain: packet.retain,
      duplicate: packet.dup,
      topic: beginning(packet.topic),
    },
    text: beginning(text),
    isCut: isCut(text),
  };
}
