import type { BrokerClient } from "../../lib/mod.ts";
import { beginning } from "./beginning.ts";
import type { ClientNews, Frame } from "./protocol.ts";

const VERSIONS = { 3: "3.1", 4: "3.1.1", 5: "5" };

/** Characters of all clients: thousands that have chosen nothing enormous. */
const MOST_TEXT = 4 * 1024 * 1024;

/** As many of the clients as one frame holds. */
export function clientsWithin(
  all: readonly ClientNews[],
): Required<Pick<Frame, "clients" | "clientsLeftOut">> {
  let size = 0;
  const clients = all.filter((client) => {
    size += JSON.stringify(client).length;
    return size <= MOST_TEXT;
  });
  return { clients, clientsLeftOut: all.length - clients.length };
}

/** What the page is told of a client of the embedded broker. */
export function clientNews(client: BrokerClient): ClientNews {
  const { id, user, connection, subscriptions, inFlight, waiting } = client;
  return {
    id: beginning(id),
    ...user !== undefined && { user: beginning(user) },
    isConnected: connection !== undefined,
    ...connection && {
      since: connection.since.getTime(),
      address: connection.remote,
      version: VERSIONS[connection.protocolVersion],
    },
    subscriptions: subscriptions.map(({ filter, qos }) => ({
      filter: beginning(filter),
      qos,
    })),
    inFlight,
    waiting,
  };
}
