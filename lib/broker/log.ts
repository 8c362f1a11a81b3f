import type { Aedes, Client } from "aedes";
import type { Rights } from "./access/rules.ts";

/** Who is at the other end of a connection. */
export interface Peer {
  /** The address and port. */
  remote: string;
  /** The name that a client has identified itself with, if it has. */
  user?: string | undefined;
  /** What the client may do, once it has been let in. */
  rights?: Rights;
}

/** The address without the port. */
export function addressOf({ remote }: Peer): string {
  return remote.slice(0, remote.lastIndexOf(":"));
}

/** Writes a line for each client that comes, goes or fails. */
export function logClients(
  broker: Aedes,
  peers: WeakMap<Client, Peer>,
  log: (line: string) => void,
): void {
  broker.on("clientReady", (client) => {
    const { remote, user } = peers.get(client)!;
    const as = user === undefined ? "" : ` as ${quote(user)}`;
    log(`Client ${quote(client.id)} connected from ${remote}${as}`);
  });
  broker.on("clientDisconnect", (client) => {
    log(`Client ${quote(client.id)} disconnected`);
  });
  broker.on("clientError", (client, { message }) => {
    const { remote } = peers.get(client)!;
    log(`Client ${quote(client.id)} from ${remote}: ${message}`);
  });
  broker.on("connectionError", (client, { message }) => {
    log(`Connection from ${peers.get(client)?.remote}: ${message}`);
  });
}

/** A client chooses its name: line breaks in it mustn't forge log lines. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
