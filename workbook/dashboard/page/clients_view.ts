import type { ClientNews } from "../protocol.ts";
import { printable } from "../../../lib/printable.ts";
import { send } from "./connection.ts";
import { formatNumber, formatTime } from "./format.ts";
import { fill, labels } from "./labels.ts";
import { clients, clientsLeftOut, log, welcome } from "./store.ts";
import { html, useEffect, type VNode } from "./view.ts";

/** The embedded broker's clients, and what its log says. */
export function ClientsView(): VNode {
  useEffect(() => {
    send({ type: "clients", isShown: true });
    return () => send({ type: "clients", isShown: false });
  }, []);
  const text = labels.value;
  if (welcome.value?.hasClients === false) {
    return html`<p>${text.clientsUnknown}</p>` as VNode;
  }
  const columns = [
    text.clientId,
    text.clientState,
    text.clientUser,
    text.clientAddress,
    text.clientVersion,
    text.clientSubscriptions,
    text.clientInFlight,
    text.clientWaiting,
  ];
  return html`
    <div class="clients">
      <div class="client-table" tabindex="0" role="region"
        aria-label=${text.clients}>
        <table>
          <thead>
            <tr>
              ${columns.map((label) => html`<th scope="col">${label}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${clients.value.map((client) =>
              html`<${Row} key=${client.id} ...${client} />`
            )}
          </tbody>
        </table>
      </div>
      ${clientsLeftOut.value > 0 && html`
        <p class="notice">${fill(text.clientsLeftOut, {
          n: formatNumber(clientsLeftOut.value),
        })}</p>
      `}
      <h2>${text.clientLog}</h2>
      ${log.value.length === 0 ? html`<p>${text.clientLogEmpty}</p>` : html`
        <ol class="client-log" tabindex="0" aria-label=${text.clientLog}>
          ${log.value.map((line) => html`<li>${printable(line)}</li>`)}
        </ol>
      `}
    </div>
  ` as VNode;
}

function Row(client: ClientNews): VNode {
  const { id, user, isConnected, since, address, version } = client;
  const { clientConnected, clientKept } = labels.value;
  return html`
    <tr class=${isConnected ? "" : "faint"}>
      <th scope="row"><bdi>${printable(id)}</bdi></th>
      <td>
        ${isConnected ? clientConnected : clientKept}
        ${since !== undefined && html`<br />${formatTime(since)}`}
      </td>
      <td><bdi>${printable(user ?? "–")}</bdi></td>
      <td>${printable(address ?? "–")}</td>
      <td>${version ?? "–"}</td>
      <td>
        <${Subscriptions} ...${client} />
      </td>
      <td class="client-number">${formatNumber(client.inFlight)}</td>
      <td class="client-number">${formatNumber(client.waiting)}</td>
    </tr>
  ` as VNode;
}

function Subscriptions({ subscriptions }: ClientNews): VNode {
  if (subscriptions.length === 0) return html`–` as unknown as VNode;
  return html`
    <ul>
      ${subscriptions.map(({ filter, qos }) =>
        html`<li key=${filter}><bdi>${
          printable(filter)
        }</bdi> (QoS ${qos})</li>`
      )}
    </ul>
  ` as VNode;
}
