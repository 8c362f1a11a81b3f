import type { PacketNews } from "../protocol.ts";
import { send } from "./connection.ts";
import { formatNumber } from "./format.ts";
import { fill, labels } from "./labels.ts";
import { DemoButtons } from "./packets/demo_buttons.ts";
import { countWaiting, type Hold, step } from "./packets/hold.ts";
import { PacketDiagram } from "./packets/packet_diagram.ts";
import { PacketLegend } from "./packets/packet_legend.ts";
import { PacketTable } from "./packets/packet_table.ts";
import { type Exchange, exchangeOf, isOfPublish } from "./packets/sequence.ts";
import { MOST, packets, packetsLeftOut } from "./store.ts";
import { html, useEffect, useSignal, type VNode } from "./view.ts";

/** Which packets are shown. */
const FILTERS = {
  all: () => true,
  publishes: isOfPublish,
  exchanges: (packet: PacketNews) => exchangeOf(packet) !== undefined,
};
type Filter = keyof typeof FILTERS;

/** The packets of the dashboard's own connection, as they go to and fro. */
export function PacketsView(): VNode {
  const hold = useSignal<Hold | null>(null);
  const filter = useSignal<Filter>("all");
  const isTable = useSignal(false);
  const followed = useSignal<Exchange | undefined>(undefined);
  useEffect(() => {
    send({ type: "packets", isShown: true });
    return () => send({ type: "packets", isShown: false });
  }, []);
  const text = labels.value;
  const all = hold.value ?? packets.value;
  const isWanted = FILTERS[filter.value];
  const shown = all.filter(isWanted);
  const waiting = hold.value ? countWaiting(packets.value, hold.value) : 0;
  const notes = [
    ...hold.value
      ? [fill(text.packetsWaiting, { n: formatNumber(waiting) })]
      : [],
    ...packetsLeftOut.value > 0
      ? [fill(text.packetsLeftOut, { n: formatNumber(packetsLeftOut.value) })]
      : [],
    ...shown.some(({ isCut }) => isCut) ? [text.packetsCut] : [],
  ];
  const onClear = () => {
    packets.value = [];
    packetsLeftOut.value = 0;
    followed.value = undefined;
    if (hold.value) hold.value = [];
  };
  const View = isTable.value ? PacketTable : PacketDiagram;
  return html`
    <section class="packets" aria-label=${text.packets}>
      <div class="packet-controls" role="toolbar" aria-label=${text
        .packetControls}>
        <button type="button" aria-pressed=${hold.value !== null}
          onClick=${() => hold.value = hold.value ? null : packets.value}>
          ${text.packetHold}
        </button>
        <button type="button" disabled=${waiting === 0}
          onClick=${() =>
            hold.value = step(packets.value, hold.value ?? [], {
              isWanted,
              most: MOST.packets,
            })}>
          ${text.packetStep}
        </button>
        <button type="button" onClick=${onClear}>${text.packetClear}</button>
        <label>
          ${text.packetFilter}
          <select value=${filter.value}
            onChange=${(event: Event) =>
              filter.value = (event.target as HTMLSelectElement)
                .value as Filter}>
            <option value="all">${text.packetAll}</option>
            <option value="publishes">${text.packetPublishes}</option>
            <option value="exchanges">${text.packetExchanges}</option>
          </select>
        </label>
        <label>
          <input type="checkbox" checked=${isTable.value}
            onChange=${() => isTable.value = !isTable.value} />
          ${text.packetAsTable}
        </label>
        ${followed.value && html`
          <button type="button" onClick=${() => followed.value = undefined}>
            ${text.packetFollowAll}
          </button>
        `}
      </div>
      <${DemoButtons} />
      <p class="packet-note">${notes.join(" ")}</p>
      ${shown.length === 0 ? html`<p>${text.packetsEmpty}</p>` : html`
        <${View} packets=${shown} followed=${followed.value}
          onFollow=${(exchange: Exchange | undefined) =>
            followed.value = exchange} />
        <${PacketLegend} packets=${shown} />
      `}
    </section>
  ` as VNode;
}
