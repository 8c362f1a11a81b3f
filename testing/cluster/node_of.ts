import type { Socket } from "node:net";
import type { Client } from "../../lib/mod.ts";
import type { Cluster } from "../../workbook/cluster/cluster.ts";

/** Says which node a client is connected to. */
export function nodeOf({ nodes }: Cluster, { stream }: Client): number {
  const { remotePort } = stream as unknown as Socket;
  const node = nodes.find(({ port }) => port === remotePort);
  if (node === undefined) throw new Error(`No node has the port ${remotePort}`);
  return node.number;
}
