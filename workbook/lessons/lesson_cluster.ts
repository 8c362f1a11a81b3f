/**
 * The cluster of a lesson whose programs are to see brokers die.
 *
 * @module
 */
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import { missingEngine } from "../cluster/find_engine.ts";
import type { Lesson, LessonCluster, LessonProgram } from "./lessons.ts";

/** What lines about the cluster are labelled with. */
export const CLUSTER_LABEL = "cluster";

const ENGINE = "nats";
/** Seconds that a node runs before it is killed, and seconds that it is away. */
const UP = 2;
const AWAY = 4;

/** Whether a program runs on a cluster. */
export function needsCluster(
  program: LessonProgram,
): program is LessonProgram & { cluster: LessonCluster } {
  return program.cluster !== undefined;
}

/**
 * Starts a cluster if a lesson needs one; where its engine isn't installed, says
 * what is left out.
 *
 * @param options What takes a line about each node, and the signal that gives up.
 */
export async function openCluster(
  { programs }: Lesson,
  options: { tell: (line: string) => void; signal: AbortSignal },
): Promise<Cluster | undefined> {
  const files = programs.filter(needsCluster).map(({ file }) => file);
  if (files.length === 0) return undefined;
  const missing = missingEngine(ENGINE);
  if (missing === undefined) return await startCluster(ENGINE, options);
  const names = [...new Set(files)].join(", ");
  console.error(`${missing}; without it, ${names} is left out`);
  return undefined;
}

/** The variable with the addresses that a program is given of the cluster. */
export function addressesFor(
  { cluster: needed }: LessonProgram,
  cluster: Cluster | undefined,
): Record<string, string> {
  if (needed === undefined || cluster === undefined) return {};
  const { nodes: [first], url } = cluster;
  return { MQTT_URL: needed.addresses === 1 ? first!.url : url };
}

/** What happens to the nodes while a program runs. */
export async function killNodes(
  cluster: Cluster,
  { kills, restarts }: LessonCluster,
  { wait, signal }: {
    /** Waits for some seconds, or until the signal. */
    wait: (seconds: number) => Promise<void>;
    /** Ends it early. */
    signal: AbortSignal;
  },
): Promise<void> {
  for (const number of kills) {
    await wait(UP);
    if (signal.aborted) return;
    await cluster.kill(number);
    await wait(AWAY);
    if (signal.aborted) return;
    if (restarts) await cluster.restart(number);
  }
  if (restarts) await wait(UP);
}

/** Starts the nodes that are down. */
export async function restartNodes(cluster: Cluster): Promise<void> {
  for (const { number, pid } of cluster.nodes) {
    if (pid === undefined) await cluster.restart(number);
  }
}
