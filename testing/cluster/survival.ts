import { setTimeout as pause } from "node:timers/promises";
import type { Cluster } from "../../workbook/cluster/cluster.ts";
import { type Client, Publisher, subscribe } from "../../lib/mod.ts";
import { within } from "../deadline.ts";
import type { Socket } from "node:net";

/** How a cluster is put to the test. */
interface SurvivalOptions {
  /** How often a node is killed. */
  kills: number;
  /** How many readings are published in a second. */
  rate: number;
  /** Seconds for which a node stays away. */
  downSeconds: number;
  /** Seconds after a node is back, until the next one is killed. */
  restSeconds: number;
  /** Takes a line about each kill. */
  tell: (line: string) => void;
}

/** What became of the readings. */
interface Survival {
  /** How many readings the cluster has acknowledged. */
  acknowledged: number;
  /** How many of them no recorder has seen. */
  lost: number;
  /** How many came more than once, and how often all together. */
  duplicates: number;
  /** How many were rejected. */
  rejected: number;
  /** After each kill, the longest silence at a recorder, in milliseconds. */
  gaps: number[];
}

/** Each recorder has its part of the topics: not every engine has shared ones. */
const PARTS = [0, 1];
const TICK_MILLISECONDS = 20;
const LONGEST_WAIT = 120_000;

/**
 * Publishes steadily at QoS 1 while nodes are killed, in turn that of a recorder,
 * that of the publisher, and the one that leads or else that of the other recorder,
 * and counts what arrives.
 */
export async function survive(
  cluster: Cluster,
  { kills, rate, downSeconds, restSeconds, tell }: SurvivalOptions,
): Promise<Survival> {
  const arrivals = new Map<number, number>();
  const silences = PARTS.map(() => new Silence());
  const log = () => {};
  await using recorders = new AsyncDisposableStack();
  const clients: [name: string, client: Client][] = [];
  for (const part of PARTS) {
    const { client } = recorders.use(
      await subscribe(
        cluster.url,
        `survival/${part}/+`,
        ({ number }) => {
          arrivals.set(number, (arrivals.get(number) ?? 0) + 1);
          silences[part]!.end();
        },
        false,
        { clientId: `survival-${part}`, clean: false, qos: 1, log },
      ),
    );
    clients.push([`recorder ${part + 1}`, client]);
  }
  await using publisher = await Publisher.connect(cluster.url, {
    clientId: "survival-publisher",
    queueLimit: rate * 120,
    log,
  });
  clients.splice(1, 0, ["the publisher", publisher.client]);

  const acknowledged: number[] = [];
  let rejected = 0;
  let sent = 0;
  const begun = performance.now();
  const timer = setInterval(() => {
    const due = (performance.now() - begun) / 1000 * rate;
    for (; sent < due; sent++) {
      const number = sent;
      publisher.publish(`survival/${number % PARTS.length}/x`, number, {
        qos: 1,
      }).then(() => void acknowledged.push(number), () => void rejected++);
    }
  }, TICK_MILLISECONDS);
  const gaps: number[] = [];
  try {
    await pause(1000);
    for (let kill = 0; kill < kills; kill++) {
      const isLeaders = kill % clients.length === clients.length - 1;
      const leader = isLeaders ? await cluster.findLeader() : undefined;
      const [name, client] = clients[kill % clients.length]!;
      if (!client.connected) {
        await within(`${name}'s return`, connected(client), LONGEST_WAIT);
      }
      const node = leader ?? nodeOf(cluster, client);
      for (const silence of silences) silence.begin();
      await cluster.kill(node);
      await pause(downSeconds * 1000);
      await cluster.restart(node);
      await pause(restSeconds * 1000);
      const gap = Math.max(...silences.map((silence) => silence.longest));
      gaps.push(gap);
      tell(
        `${kill + 1}: node ${node}, ${
          leader === undefined ? `that of ${name}` : "which leads"
        }: silent for ${(gap / 1000).toFixed(1)} s`,
      );
    }
  } finally {
    clearInterval(timer);
  }
  await publisher.flush().catch(() => {});
  const countLost = () =>
    acknowledged.filter((number) => !arrivals.has(number)).length;
  const end = performance.now() + LONGEST_WAIT;
  while (countLost() > 0 && performance.now() < end) await pause(200);
  const times = [...arrivals.values()];
  return {
    acknowledged: acknowledged.length,
    lost: countLost(),
    duplicates: times.reduce((sum, count) => sum + count - 1, 0),
    rejected,
    gaps,
  };
}

/** The figures, in lines. */
export function describeSurvival(
  { acknowledged, lost, duplicates, rejected, gaps }: Survival,
): string[] {
  const sorted = gaps.toSorted((one, other) => one - other);
  const shown = (index: number) => ((sorted[index] ?? NaN) / 1000).toFixed(1);
  return [
    `Acknowledged ${acknowledged}: ${lost} lost, ${duplicates} duplicates; ${rejected} rejected`,
    `Longest silence after a kill: median ${
      shown(Math.floor(sorted.length / 2))
    } s, worst ${shown(sorted.length - 1)} s`,
  ];
}

function connected(client: Client): Promise<void> {
  return new Promise((resolve) => client.once("connect", () => resolve()));
}

/** How long nothing has come, at most, up to now. */
class Silence {
  #longest = 0;
  #last = performance.now();

  get longest(): number {
    return Math.max(this.#longest, performance.now() - this.#last);
  }

  begin(): void {
    this.#longest = 0;
  }

  end(): void {
    this.#longest = this.longest;
    this.#last = performance.now();
  }
}

export function nodeOf({ nodes }: Cluster, { stream }: Client): number {
  const { remotePort } = stream as unknown as Socket;
  const node = nodes.find(({ port }) => port === remotePort);
  if (node === undefined) throw new Error(`No node has the port ${remotePort}`);
  return node.number;
}
