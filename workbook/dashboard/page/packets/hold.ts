import type { PacketNews } from "../../protocol.ts";

/** What stays in sight while new packets are held back. */
export type Hold = readonly PacketNews[];

/** How many packets have come since those that stay in sight. */
export function countWaiting(
  packets: readonly PacketNews[],
  hold: Hold,
): number {
  return packets.length - indexAfter(packets, hold);
}

/**
 * Lets one more packet come into sight, and those before it that aren't wanted.
 *
 * @param most How many stay in sight at most.
 */
export function step(
  packets: readonly PacketNews[],
  hold: Hold,
  { isWanted, most }: {
    isWanted: (packet: PacketNews) => boolean;
    most: number;
  },
): Hold {
  const next = indexAfter(packets, hold);
  const wanted = packets.findIndex((packet, index) =>
    index >= next && isWanted(packet)
  );
  const end = wanted < 0 ? packets.length : wanted + 1;
  return [...hold, ...packets.slice(next, end)].slice(-most);
}

/** The last one that stays in sight may have been let go meanwhile. */
function indexAfter(packets: readonly PacketNews[], hold: Hold): number {
  const last = hold.at(-1);
  return last === undefined ? 0 : packets.lastIndexOf(last) + 1;
}
