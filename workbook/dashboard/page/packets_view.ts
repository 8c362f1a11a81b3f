import { send } from "./connection.ts";
import { fill, labels } from "./labels.ts";
import { DemoButtons } from "./packets/demo_buttons.ts";
import { countWaiting, type Hold, step } from "./packets/hold.ts";
import { PacketDiagram } from "./packets/packet_diagram.ts";
import { PacketLegend } from "./packets/packet_legend.ts";
import { PacketTable } from "./packets/packet_table.ts";
import { type Exchange, isOfPublish } from "./packets/sequence.ts";
import { MOST, packets, packetsLeftOut } from "./store.ts";
import { html, type Signal, useEffect, useSignal, type VNode } from "./view.ts";

/** The packets of the dashboard's own connection, as they go to and fro. */
export function PacketsView(): VNode {
  const hold = useSignal<Hold | null>(null);
  const isFiltered = useSignal(false);
  const isTable = useSignal(false);
  const followed = useSignal<Exchange | undefined>(undefined);
  useEffect(() => {
    send({ type: "packets", isShown: true });
    return () => send({ type: "packets", isShown: false });
  }, []);
  const text = labels.value;
  const all = hold.value ?? packets.value;
  const shown = isFiltered.value ? all.filter(isOfPublish) : all;
  const waiting = hold.value ? countWaiting(packets.value, hold.value) : 0;
  const isWanted = isFiltered.value ? isOfPublish : () => true;
  const notes = [
    ...hold.value ? [fill(text.packetsWaiting, { n: waiting })] : [],
    ...packetsLeftOut.value > 0
      ? [fill(text.packetsLeftOut, { n: packetsLeftOut.value })]
      : [],
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
        <${Switch} isOn=${isFiltered} label=${text.packetFilter} />
        <${Switch} isOn=${isTable} label=${text.packetAsTable} />
        ${followed.value && html`
          <button type="button" onClick=${() => followed.value = undefined}>
            ${text.packetFollowAll}
          </button>
        `}
      </div>
      <${DemoButtons} />
      <p class="packet-note" role="status">${notes.join(" ")}</p>
      ${shown.length === 0 ? html`<p>${text.packetsEmpty}</p>` : html`
        <${View} packets=${shown} followed=${followed.value}
          onFollow=${(exchange: Exchange | undefined) =>
            followed.value = exchange} />
        <${PacketLegend} packets=${shown} />
      `}
    </section>
  ` as VNode;
}

function Switch(
  { isOn, label }: { isOn: Signal<boolean>; label: string },
): VNode {
  return html`
    <label>
      <input type="checkbox" checked=${isOn.value}
        onChange=${() => isOn.value = !isOn.value} />
      ${label}
    </label>
  ` as VNode;
}
