import type { PacketNews } from "../../protocol.ts";
import { formatTime } from "../format.ts";
import { fill, type Labels, labels } from "../labels.ts";
import { html, type VNode } from "../view.ts";
import type { PacketsProps } from "./packet_diagram.ts";
import { exchangeOf, isSameExchange, packetLabel } from "./sequence.ts";

/** A longer table would be slow, and nobody could read it. */
const MOST = 200;

/** The same as the diagram in words, the newest first. */
export function PacketTable(
  { packets, followed, onFollow }: PacketsProps,
): VNode {
  const text = labels.value;
  const shown = packets.slice(-MOST).reverse();
  return html`
    <div class="packet-table" tabindex="0" role="region"
      aria-label=${text.packets}>
      <table>
        <caption>
          ${fill(text.packetTable, { n: shown.length, all: packets.length })}
        </caption>
        <thead>
          <tr>
            <th scope="col">${text.time}</th>
            <th scope="col">${text.packetDirection}</th>
            <th scope="col">${text.packetWhat}</th>
            <th scope="col">${text.topic}</th>
            <th scope="col">${text.packetFollow}</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((packet, index) => {
            const exchange = exchangeOf(packet);
            const isFollowed = exchange !== undefined &&
              isSameExchange(exchange, followed);
            return html`
              <tr key=${packets.length - index}
                class=${isFollowed ? "packet-followed" : ""}>
                <td>${formatTime(packet.time, { hasMilliseconds: true })}</td>
                <td>${packet.isSent
                  ? text.packetSent
                  : text.packetReceived}</td>
                <th scope="row">${packetLabel(packet)}</th>
                <td><bdi>${packet.topic}</bdi></td>
                <td>${exchange && html`
                  <button type="button" aria-pressed=${isFollowed}
                    aria-label=${fill(text.packetFollowId, { id: exchange.id })}
                    onClick=${() =>
                      onFollow(isFollowed ? undefined : exchange)}>
                    ${exchange.id}
                  </button>
                `}</td>
              </tr>
            `;
          })}
        </tbody>
      </table>
    </div>
  ` as VNode;
}

/** What each type says, in plain words, in the order in which they are met. */
const MEANINGS = new Map<string, keyof Labels>([
  ["CONNECT", "packetConnect"],
  ["CONNACK", "packetConnack"],
  ["AUTH", "packetAuth"],
  ["SUBSCRIBE", "packetSubscribe"],
  ["SUBACK", "packetSuback"],
  ["UNSUBSCRIBE", "packetUnsubscribe"],
  ["UNSUBACK", "packetUnsuback"],
  ["PUBLISH", "packetPublish"],
  ["PUBACK", "packetPuback"],
  ["PUBREC", "packetPubrec"],
  ["PUBREL", "packetPubrel"],
  ["PUBCOMP", "packetPubcomp"],
  ["PINGREQ", "packetPingreq"],
  ["PINGRESP", "packetPingresp"],
  ["DISCONNECT", "packetDisconnect"],
]);

/** What the types of packet say that are shown, and what colours and marks mean. */
export function PacketLegend(
  { packets }: { packets: readonly PacketNews[] },
): VNode {
  const text = labels.value;
  const types = new Set(packets.map(({ type }) => type));
  return html`
    <details class="packet-legend" open>
      <summary>${text.packetLegend}</summary>
      <p>${text.packetMarks}</p>
      <dl>
        ${[...MEANINGS].filter(([type]) => types.has(type)).map((
          [type, label],
        ) =>
          html`
            <div key=${type}>
              <dt>${type}</dt>
              <dd>${text[label]}</dd>
            </div>
          `
        )}
      </dl>
    </details>
  ` as VNode;
}
