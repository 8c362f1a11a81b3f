import type { BrokerClient } from "../../lib/mod.ts";
import { beginning } from "./beginning.ts";
import type { ClientNews } from "./protocol.ts";

const VERSIONS = { 3: "3.1", 4: "3.1.1", 5: "5" };

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
