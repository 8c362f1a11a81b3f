import type { PacketNews } from "../../protocol.ts";
import { labels } from "../labels.ts";
import type { Labels } from "../languages/en.ts";
import { html, type VNode } from "../view.ts";

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
