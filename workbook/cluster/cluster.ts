/**
 * A cluster on this computer: three nodes of an engine, which can be killed and
 * started again.
 *
 * @module
 */
import { formatAddresses } from "../../lib/client/address.ts";
import { UsageError } from "../options/program.ts";
import {
  type EngineSetup,
  NODE_NUMBERS,
  type Place,
  RunningNodes,
  startNode,
} from "./nodes.ts";
import { type Engine, findPrograms, missingEngine } from "./find_engine.ts";
import { assertFree, freePorts, LOOPBACK } from "./loopback.ts";
import { setUpNats } from "./nats.ts";
import { setUpRabbitMq } from "./rabbitmq.ts";
import { untilReady } from "./until_ready.ts";

/** One of a cluster's brokers. */
interface ClusterNode {
  /** 1, 2 or 3. */
  readonly number: number;
  /** Its port for MQTT. */
  readonly port: number;
  /** Its address, with user and password. */
  readonly url: string;
  /** The number of its process; undefined while it is down. */
  readonly pid: number | undefined;
}

/** Three brokers that are one. Disposing of it ends them, and removes their files. */
export interface Cluster extends AsyncDisposable {
  /** The addresses of all, with user and password, as `MQTT_URL` takes them. */
  readonly url: string;
  /** The nodes, in the order of their numbers. */
  readonly nodes: readonly ClusterNode[];
  /**
   * Kills a node as `kill -9` does; resolves when it is gone.
   *
   * @throws {RangeError} If there is no such node, or it is down.
   */
  kill(number: number): Promise<void>;
  /**
   * Starts a node that is down. Resolves when it takes connections of MQTT, and passes
   * messages on to and from the nodes that run; at once if none does, as it then waits
   * for another.
   *
   * @throws {RangeError} If there is no such node, or it runs.
   * @throws {Error} If it ends, or isn't ready in two minutes.
   */
  restart(number: number): Promise<void>;
  /** The node that leads the others in keeping messages, if the engine tells. */
  findLeader(): Promise<number | undefined>;
}

/** Options of {@linkcode startCluster}. */
interface ClusterOptions {
  /** The nodes' ports for MQTT; any free ones unless given. */
  ports?: readonly number[];
  /** The user's password, of letters and digits; a random one unless given. */
  password?: string | undefined;
  /** Takes a line about each thing that happens to a node. */
  tell?: (line: string) => void;
  /** Gives up the start. Nothing is told after it: Ctrl-C ends the nodes, too. */
  signal?: AbortSignal;
}

const USERNAME = "student";

const SET_UP: Record<Engine, (place: Place) => Promise<EngineSetup>> = {
  nats: setUpNats,
  rabbitmq: setUpRabbitMq,
};

/**
 * Starts three nodes of an engine on loopback, with configuration and data in a
 * temporary folder. Resolves when all take connections of MQTT, and what is published
 * at one arrives at the others.
 *
 * @throws {UsageError} If the engine isn't installed, or a port is in use.
 * @throws {Error} If a node ends, or they aren't ready in two minutes.
 */
export async function startCluster(
  engine: Engine,
  {
    ports = freePorts(NODE_NUMBERS.length),
    password = crypto.randomUUID().replaceAll("-", "").slice(0, 16),
    tell: tellAlways = () => {},
    signal = new AbortController().signal,
  }: ClusterOptions = {},
): Promise<Cluster> {
  const tell = (line: string) => {
    if (!signal.aborted) tellAlways(line);
  };
  const missing = missingEngine(engine);
  if (missing !== undefined) throw new UsageError(missing);
  assertFree(ports);
  await using begun = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "cluster_" });
  begun.defer(() => Deno.remove(folder, { recursive: true }));
  const login = { username: USERNAME, password };
  const programs = findPrograms(engine);
  const setup = await SET_UP[engine]({ folder, programs, ports, ...login });
  if (setup.helper) {
    const helper = startNode(setup.helper, folder);
    begun.defer(() => helper.kill());
  }
  const running = begun.use(new RunningNodes(setup, folder, tell));
  const [first, ...others] = ports.map((port) => ({
    ...{ protocol: "mqtt" as const, hostname: LOOPBACK, port, path: "/" },
    ...login,
  }));
  const addresses = [first!, ...others] as const;
  const nodes = NODE_NUMBERS.map((number, index) => ({
    number,
    port: addresses[index]!.port,
    url: formatAddresses([addresses[index]!]),
    get pid() {
      return running.pid(number);
    },
  }));

  function node(number: number): ClusterNode {
    const found = nodes.find((node) => node.number === number);
    if (found) return found;
    throw new RangeError(`Node is ${number}: it must be 1, 2 or 3`);
  }

  /** Starts nodes, and waits until they and those that ran before are ready. */
  async function start(numbers: readonly number[], ...ends: AbortSignal[]) {
    ends.push(...numbers.map((number) => running.start(number)));
    for (const number of numbers) {
      tell(`Node ${number} is started at ${LOOPBACK}:${node(number).port}`);
    }
    const all = nodes.filter(({ pid }) => pid !== undefined);
    await untilReady(all, setup, AbortSignal.any(ends));
  }

  const turns = setup.startsInTurn
    ? NODE_NUMBERS.map((number) => [number])
    : [NODE_NUMBERS];
  for (const numbers of turns) await start(numbers, signal);
  const all = begun.move();
  return {
    url: formatAddresses(addresses),
    nodes,
    async kill(number) {
      if (node(number).pid === undefined) {
        throw new RangeError(`Node ${number} is down: it must run`);
      }
      await running.kill(number);
      tell(`Node ${number} is killed`);
    },
    async restart(number) {
      if (node(number).pid !== undefined) {
        throw new RangeError(`Node ${number} runs: it must be down`);
      }
      const isAlone = nodes.every(({ pid }) => pid === undefined);
      if (isAlone) {
        running.start(number);
        return tell(`Node ${number} is started, and waits for another`);
      }
      await start([number]);
      tell(`Node ${number} is back, and passes messages on`);
    },
    async findLeader() {
      const alive = nodes.find(({ pid }) => pid !== undefined);
      return alive && await setup.findLeader?.(alive.number);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
