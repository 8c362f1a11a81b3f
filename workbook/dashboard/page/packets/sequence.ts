import type { PacketNews } from "../../protocol.ts";
import { rowsInSight } from "../tree/rows_in_sight.ts";

/** Who began an exchange, and under which packet identifier. */
export interface Exchange {
  /** Client and broker number their exchanges independently of each other. */
  isClients: boolean;
  id: number;
}

/** A packet's place in the diagram, in pixels. */
export interface Row {
  packet: PacketNews;
  /** Counted from 0; how far down it is. */
  index: number;
  exchange: Exchange | undefined;
  /** Where the text above the arrow stands. */
  textY: number;
  /** Where the arrow is, from its begin to its head. */
  arrowY: number;
  fromX: number;
  toX: number;
  /** Type, identifier and flags. */
  label: string;
  /** The topic, or as much of it as has room. */
  excerpt: string;
}

/** How large things are, in pixels. */
interface Sizes {
  width: number;
  /** The height of a line of text. */
  em: number;
}

/** The whole diagram, of which the rows in sight are drawn. */
export interface Sequence {
  height: number;
  clientX: number;
  brokerX: number;
  /** Whether there is room for the time beside the arrows, not above them. */
  isWide: boolean;
  rows: Row[];
}

/** What is answered with the identifier that the other side has chosen. */
const ANSWERS = new Set(["PUBACK", "PUBREC", "PUBCOMP", "SUBACK", "UNSUBACK"]);

/** What a publish consists of. */
const PUBLISHES = new Set(["PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP"]);

/** A row's height in lines of text, and the room for a time. */
const ROW_EMS = 2.6;
const TIME_EMS = 7.5;
const NARROWEST_WITH_TIMES = 40;
/** How wide a character is, about. */
const CHARACTER_EMS = 0.58;

/** The exchange that a packet belongs to, if it has an identifier. */
export function exchangeOf(
  { type, id, isSent }: PacketNews,
): Exchange | undefined {
  if (id === undefined) return undefined;
  return { isClients: ANSWERS.has(type) ? !isSent : isSent, id };
}

/** Whether two packets belong to one exchange, or to none. */
export function isSameExchange(
  one: Exchange | undefined,
  other: Exchange | undefined,
): boolean {
  return one?.id === other?.id && one?.isClients === other?.isClients;
}

/** Whether a packet publishes or acknowledges that. */
export function isOfPublish({ type }: PacketNews): boolean {
  return PUBLISHES.has(type);
}

/** Writes what a packet is: `PUBLISH 12 · QoS 2 · RETAIN · DUP`. */
export function packetLabel(packet: PacketNews): string {
  const { type, id, qos, retain, duplicate } = packet;
  return [
    id === undefined ? type : `${type} ${id}`,
    ...type === "PUBLISH" && qos !== undefined ? [`QoS ${qos}`] : [],
    ...retain ? ["RETAIN"] : [],
    ...duplicate ? ["DUP"] : [],
  ].join(" · ");
}

/**
 * Lays out packets as arrows between two lifelines, one below the other.
 *
 * @param packets All of them, the oldest first.
 * @param sizes The room across, and how large text is.
 * @param sight What is in sight of the diagram, from its top; only this gets rows.
 */
export function layOut(
  packets: readonly PacketNews[],
  { width, em }: Sizes,
  sight: { top: number; height: number },
): Sequence {
  const isWide = width >= NARROWEST_WITH_TIMES * em;
  const clientX = (isWide ? TIME_EMS : 0.75) * em;
  const brokerX = width - (isWide ? 2 : 0.75) * em;
  const rowHeight = (isWide ? ROW_EMS : ROW_EMS + 1.2) * em;
  const [first, end] = rowsInSight({ ...sight, rowHeight }, packets.length);
  const room = Math.floor((brokerX - clientX) / (CHARACTER_EMS * em)) - 4;
  const rows = packets.slice(first, end).map((packet, offset): Row => {
    const index = first + offset;
    const textY = index * rowHeight + (isWide ? 1.4 : 2.6) * em;
    const label = packetLabel(packet);
    return {
      ...{ packet, index, textY, label },
      exchange: exchangeOf(packet),
      arrowY: textY + 0.5 * em,
      fromX: packet.isSent ? clientX : brokerX,
      toX: packet.isSent ? brokerX : clientX,
      excerpt: shortened(packet.topic ?? "", room - label.length),
    };
  });
  const height = packets.length * rowHeight + em;
  return { height, clientX, brokerX, isWide, rows };
}

function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return most < 4 ? "" : `${text.slice(0, most - 1)}…`;
}
