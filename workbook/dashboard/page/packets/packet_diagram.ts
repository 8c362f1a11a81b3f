import type { PacketNews } from "../../protocol.ts";
import { DASHES } from "../charts/series_style.ts";
import { formatTime } from "../format.ts";
import { fill, labels } from "../labels.ts";
import { useSight } from "../tree/rows_in_sight.ts";
import { html, useLayoutEffect, useRef, type VNode } from "../view.ts";
import {
  type Exchange,
  isSameExchange,
  layOut,
  type Row,
  type Sequence,
} from "./sequence.ts";

/** Properties of {@linkcode PacketDiagram}. */
export interface PacketsProps {
  packets: readonly PacketNews[];
  /** The exchange that is followed: the others are drawn faintly. */
  followed: Exchange | undefined;
  onFollow: (exchange: Exchange | undefined) => void;
}

/** Packets as arrows between client and broker, of which those in sight are drawn. */
export function PacketDiagram(
  { packets, followed, onFollow }: PacketsProps,
): VNode {
  const { list, sample, sight } = useSight();
  const isAtEnd = useRef(true);
  const em = sight.rowHeight || 16;
  const width = list.current?.clientWidth ?? 0;
  const sequence = layOut(packets, { width, em }, sight);
  const text = labels.value;
  useLayoutEffect(() => {
    const box = list.current!;
    if (isAtEnd.current) box.scrollTop = box.scrollHeight;
  }, [packets, sequence.height]);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = list.current!;
    isAtEnd.current = scrollTop + clientHeight > scrollHeight - 2 * em;
  };
  return html`
    <svg class="packet-head" width="100%" height=${1.6 * em} aria-hidden="true">
      <text x=${sequence.clientX} y=${1.1 * em}
        text-anchor=${sequence.isWide ? "middle" : "start"}
        dx=${sequence.isWide ? 0 : -0.75 * em}>${text.packetClient}</text>
      <text x=${sequence.brokerX} y=${1.1 * em}
        text-anchor=${sequence.isWide ? "middle" : "end"}
        dx=${sequence.isWide ? 0 : 0.75 * em}>${text.packetBroker}</text>
    </svg>
    <div class="packet-diagram" ref=${list} onScroll=${onScroll} tabindex="0"
      role="group" aria-label=${text.packets}>
      <div class="packet-em" ref=${sample}></div>
      <svg role="img" aria-label=${fill(text.packetSummary, {
        n: packets.length,
      })}
        width="100%" height=${sequence.height}>
        <${Lifelines} ...${sequence} />
        ${sequence.rows.map((row) =>
          html`
            <${Arrow} key=${row.index} row=${row} em=${em} sequence=${sequence}
              isFaint=${followed !== undefined &&
                !isSameExchange(followed, row.exchange)}
              onClick=${() =>
                onFollow(
                  isSameExchange(followed, row.exchange)
                    ? undefined
                    : row.exchange,
                )} />
          `
        )}
      </svg>
    </div>
  ` as VNode;
}

function Lifelines({ clientX, brokerX, height }: Sequence): VNode {
  return html`
    <g class="lifeline">
      <line x1=${clientX} y1="0" x2=${clientX} y2=${height} />
      <line x1=${brokerX} y1="0" x2=${brokerX} y2=${height} />
    </g>
  ` as VNode;
}

function Arrow({ row, em, sequence, isFaint, onClick }: {
  row: Row;
  em: number;
  sequence: Sequence;
  isFaint: boolean;
  onClick: () => void;
}): VNode {
  const { packet, exchange, textY, arrowY, fromX, toX, label, excerpt } = row;
  const style = exchange && exchange.id % DASHES.length;
  const middle = (fromX + toX) / 2;
  const way = Math.sign(toX - fromX) * em;
  const { isWide } = sequence;
  const time = formatTime(packet.time, { hasMilliseconds: true });
  return html`
    <g class=${`packet ${isFaint ? "packet-faint" : ""}`} onClick=${onClick}>
      <title>${`${time} ${packet.text}`}</title>
      <text class="packet-time" x=${isWide ? 0 : middle}
        y=${isWide ? arrowY + 0.3 * em : textY - 1.2 * em}
        text-anchor=${isWide ? "start" : "middle"}>${time}</text>
      <text x=${middle} y=${textY} text-anchor="middle">
        <tspan class="packet-label">${label}</tspan>
        ${excerpt &&
          html`<tspan class="packet-topic" dx=${0.6 * em}>${excerpt}</tspan>`}
      </text>
      <g class=${style === undefined ? "" : `series-${style}`}>
        <line class="packet-arrow" x1=${fromX} y1=${arrowY} x2=${toX - way / 2}
          y2=${arrowY}
          stroke-dasharray=${style === undefined
            ? ""
            : DASHES[style]!.join(" ")} />
        <path class="packet-tip" d=${`M${toX} ${arrowY} l${-way} ${
          -0.35 * em
        } v${0.7 * em} z`} />
        ${exchange &&
          html`<${Mark} x=${fromX} y=${arrowY} em=${em} ...${exchange} />`}
      </g>
    </g>
  ` as VNode;
}

/** Round where the client has begun the exchange, square where the broker has. */
function Mark(
  { x, y, em, isClients }: { x: number; y: number; em: number } & Exchange,
): VNode {
  const size = 0.7 * em;
  return html`
    <rect class="packet-tip" x=${x - size / 2} y=${y - size / 2} width=${size}
      height=${size} rx=${isClients ? size / 2 : 0} />
  ` as VNode;
}
