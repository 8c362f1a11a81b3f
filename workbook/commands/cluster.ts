/**
 * A cluster of three brokers on this computer.
 *
 * @module
 */
import { printable, StopSignal } from "../../lib/mod.ts";
import { printableLines } from "../../lib/printable.ts";
import { HangupSignal } from "../broker/hangup_signal.ts";
import { type Cluster, startCluster } from "../cluster/cluster.ts";
import {
  askCluster,
  type ClusterRequest,
  serveRequests,
} from "../cluster/control.ts";
import { type Engine, ENGINES } from "../cluster/find_engine.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { formatDuration } from "../report/format_figures.ts";

const HELP = `
Runs three brokers that are one, on this computer, until Ctrl-C. Kill one of them,
and nothing is lost.

Usage: deno task cluster nats|rabbitmq [--port N]
       deno task cluster --kill N | --restart N | --status

  nats, rabbitmq  whose programs to run: nats-server or rabbitmq-server, which must
                  be installed
  --port N        listen on this port and the next two (1883)
  --kill N        in another terminal: kill node N, as a power cut does
  --restart N     start node N again, and wait until it is one of the three
  --status        say which nodes run

Programs find it by the address that it prints, with a password that is a new one each
time; the variable CLUSTER_PASSWORD may hold another. It listens on 127.0.0.1 only.
What the nodes keep is removed at the end.

Example:
  deno task cluster nats              # first terminal; it prints an address
  export MQTT_URL=mqtt://…            # second: that address
  deno task start
  deno task cluster --kill 2          # third
`;

const PORT = 1883;
const PASSWORD = /^[\w-]{1,64}$/;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["port", "kill", "restart"],
    boolean: ["status"],
    positional: 1,
  },
  async main(options) {
    const request = readRequest(options);
    if (request === undefined) return await run(options);
    const answer = await askCluster(request);
    if (answer === undefined) {
      throw new Error(
        "No cluster runs: deno task cluster nats, in another terminal, starts one",
      );
    }
    console.log(printableLines(answer));
  },
}, import.meta.main);

/** What the command in another terminal is asked for, if this one is for that. */
function readRequest(options: Options): ClusterRequest | undefined {
  const range = { least: 1, most: 3 };
  const requests = (["kill", "restart"] as const)
    .map((action) => ({ action, number: options.number(action, range) ?? 0 }))
    .filter(({ number }) => number > 0);
  const asked: ClusterRequest[] = options.has("status")
    ? [...requests, { action: "status", number: 0 }]
    : requests;
  const given = [
    ...options.positional.map((engine) => `Engine "${engine}"`),
    ...asked.map(({ action }) => `Option --${action}`),
  ];
  if (given.length > 1) {
    throw new UsageError(
      `${given[0]} is given with ${given[1]}: it must be one of them`,
    );
  }
  return asked[0];
}

async function run(options: Options): Promise<void> {
  const engine = readEngine(options.positional[0]);
  const first = options.number("port", { least: 1, most: 65533 }) ?? PORT;
  const password = readPassword();
  if (await askCluster({ action: "status", number: 0 }) !== undefined) {
    throw new UsageError(
      "A cluster runs already: it must be ended first, with Ctrl-C in its terminal",
    );
  }
  using hangup = new HangupSignal();
  using stop = new StopSignal(hangup.terminalLost);
  const begun = performance.now();
  const tell = (line: string) => {
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    console.error(`${seconds.padStart(6)} s  ${printable(line)}`);
  };
  await using cluster = await startCluster(engine, {
    ports: [first, first + 1, first + 2],
    password,
    tell,
    signal: stop.signal,
  });
  tell("All three take messages, and pass them on");
  await using _requests = await serveRequests((request) =>
    answer(cluster, request)
  );
  console.error("\nIn another terminal:");
  console.log(
    Deno.build.os === "windows"
      ? `$env:MQTT_URL = "${cluster.url}"`
      : `export MQTT_URL=${cluster.url}`,
  );
  console.error(`
deno task cluster --kill 2      kills node 2, as a power cut does
deno task cluster --restart 2   starts it again
deno task cluster --status      says which nodes run

Ctrl-C ends all`);
  await stop.requested;
}

function readEngine(text: string | undefined): Engine {
  const engines = Object.keys(ENGINES) as Engine[];
  const engine = engines.find((name) => name === text);
  if (engine !== undefined) return engine;
  const names = engines.join(" or ");
  throw new UsageError(
    text === undefined
      ? `Engine is missing: it must be ${names}`
      : `Engine is "${text}": it must be ${names}`,
  );
}

function readPassword(): string | undefined {
  const password = Deno.env.get("CLUSTER_PASSWORD") || undefined;
  if (password === undefined || PASSWORD.test(password)) return password;
  throw new UsageError(
    "Variable CLUSTER_PASSWORD has other characters: it must be 1 to 64 letters, digits, - or _",
  );
}

/** Does what another terminal asks for, and says what came of it. */
async function answer(
  cluster: Cluster,
  { action, number }: ClusterRequest,
): Promise<string> {
  if (action === "status") return describeNodes(cluster);
  const begun = performance.now();
  await cluster[action](number);
  if (action === "kill") return `Node ${number} is killed`;
  const running = cluster.nodes.filter(({ pid }) => pid !== undefined);
  if (running.length === 1) {
    return `Node ${number} is started, and waits for another`;
  }
  const taken = formatDuration(Math.round(performance.now() - begun));
  return `Node ${number} is back after ${taken}`;
}

function describeNodes({ nodes }: Cluster): string {
  return nodes.map(({ number, port, pid }) => {
    const state = pid === undefined ? "is down" : `runs (process ${pid})`;
    return `Node ${number} at 127.0.0.1:${port} ${state}`;
  }).join("\n");
}
