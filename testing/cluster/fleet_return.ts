import type { Cluster } from "../../workbook/cluster/cluster.ts";
import { type Client, connect } from "../../lib/mod.ts";
import { pool } from "../../workbook/checking/pool.ts";
import { within } from "../deadline.ts";
import { nodeOf } from "./survival.ts";

/** What became of the clients whose node was killed. */
interface FleetReturn {
  /** How many clients each node had before. */
  before: number[];
  /** How many of those whose node was killed each node has afterwards. */
  after: number[];
  /** When each was back, in milliseconds after the kill. */
  delays: number[];
}

const HANDSHAKES = 20;
const SECOND = 1000;
/** How long a histogram's longest bar is. */
const WIDTH = 40;
const LONGEST_WAIT = 60_000;

/**
 * Connects a fleet, kills the node that has the most of it, and sees the clients
 * come back to the others.
 */
export async function loseNode(
  cluster: Cluster,
  size: number,
): Promise<FleetReturn> {
  const clients: Client[] = [];
  await using stack = new AsyncDisposableStack();
  const numbers = Array.from({ length: size }, (_, number) => number);
  await pool(numbers, HANDSHAKES, async (number) => {
    const clientId = `fleet-${number}`;
    const options = { clientId, timeout: LONGEST_WAIT / 1000, log: () => {} };
    clients.push(stack.use(await connect(cluster.url, options)));
  });
  const byNode = Map.groupBy(clients, (client) => nodeOf(cluster, client));
  const before = countByNode(cluster, clients);
  const most = before.indexOf(Math.max(...before)) + 1;
  const affected = byNode.get(most) ?? [];
  const delays: number[] = [];
  const killed = performance.now();
  const returns = affected.map((client) =>
    new Promise<void>((resolve) =>
      client.once("connect", () => {
        delays.push(performance.now() - killed);
        resolve();
      })
    )
  );
  await cluster.kill(most);
  await within("the fleet", Promise.all(returns), LONGEST_WAIT);
  return { before, after: countByNode(cluster, affected), delays };
}

/** The figures, in lines, with a histogram of the seconds. */
export function describeReturn(
  { before, after, delays }: FleetReturn,
): string[] {
  const last = Math.floor(Math.max(...delays) / SECOND);
  const counts = Array.from(
    { length: last + 1 },
    (_, second) =>
      delays.filter((delay) => Math.floor(delay / SECOND) === second).length,
  );
  const most = Math.max(...counts);
  return [
    `Clients at each node before: ${before.join(", ")}`,
    `Where those of the killed node are back: ${after.join(", ")}`,
    ...counts.map((count, second) => {
      const bar = "#".repeat(Math.ceil(count / most * WIDTH));
      const seconds = `${second} to ${second + 1} s`;
      return `${seconds.padStart(10)}  ${`${count}`.padStart(5)}  ${bar}`;
    }),
  ];
}

function countByNode(cluster: Cluster, clients: Client[]): number[] {
  const numbers = clients.map((client) => nodeOf(cluster, client));
  return cluster.nodes.map((node) =>
    numbers.filter((number) => number === node.number).length
  );
}
