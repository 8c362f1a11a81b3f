import type { PacketNews } from "../protocol.ts";
import { send } from "./connection.ts";
import { formatNumber } from "./format.ts";
import { fill, labels } from "./labels.ts";
import { PacketDiagram } from "./packets/packet_diagram.ts";
import { PacketLegend, PacketTable } from "./packets/packet_table.ts";
import { type Exchange, exchangeOf, isOfPublish } from "./packets/sequence.ts";
import { OutcomeText, publish } from "./publish/publishing.ts";
import { focusPanel, MOST, packets, packetsLeftOut } from "./store.ts";
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
  const onFollowAll = () => {
    followed.value = undefined;
    focusPanel();
  };
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
        <button type="button" aria-disabled=${waiting === 0}
          onClick=${() =>
            hold.value &&= step(packets.value, hold.value, {
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
          <button type="button" onClick=${onFollowAll}>
            ${text.packetFollowAll}
          </button>
        `}
      </div>
      <${DemoButtons} />
      <p class="faint">${notes.join(" ")}</p>
      ${shown.length === 0 ? html`<p>${text.packetsEmpty}</p>` : html`
        <${View} packets=${shown} followed=${followed.value}
          onFollow=${(exchange: Exchange | undefined) =>
            followed.value = exchange} />
        <${PacketLegend} packets=${shown} />
      `}
    </section>
  ` as VNode;
}

/** What stays in sight while new packets are held back. */
type Hold = readonly PacketNews[];

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

const TOPIC = "iot/demo";
const QOS = [0, 1, 2] as const;

/** Buttons that publish a message, so that its packets can be seen at once. */
function DemoButtons(): VNode {
  const request = useSignal<number | undefined>(undefined);
  const text = labels.value;
  return html`
    <div class="packet-demo" role="group" aria-label=${text.packetDemo}>
      <span>${fill(text.packetDemoTo, { topic: TOPIC })}</span>
      ${QOS.map((qos) =>
        html`
          <button type="button" key=${qos} onClick=${() => {
            const payload = `QoS ${qos}`;
            request.value = publish({
              topic: TOPIC,
              payload,
              qos,
              retain: false,
            });
          }}>${fill(text.packetDemoQos, { qos })}</button>
        `
      )}
      <${OutcomeText} request=${request.value} />
    </div>
  ` as VNode;
}
