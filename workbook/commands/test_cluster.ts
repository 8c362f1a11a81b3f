/**
 * Kills nodes of real clusters and recorders that share, and counts what is lost.
 *
 * @module
 */
import {
  formatTable,
  readTable,
  tableOf,
  tryEngines,
} from "../../testing/cluster/engine_table.ts";
import { runBridge } from "../../testing/cluster/bridge.ts";
import {
  describeReturn,
  loseNode,
} from "../../testing/cluster/fleet_return.ts";
import { recordTogether } from "../../testing/cluster/shared_recorders.ts";
import { describeSurvival, survive } from "../../testing/cluster/survival.ts";
import { ON_SHARED_BROKER } from "../../testing/brokers/embedded_broker.ts";
import { startMosquitto } from "../../testing/brokers/mosquitto.ts";
import { findPeer } from "../../testing/peers.ts";
import { startBroker } from "../../lib/mod.ts";
import { startCluster } from "../cluster/cluster.ts";
import { type Engine, missingEngine } from "../cluster/find_engine.ts";
import { launcherFlags } from "../launcher/launcher_flags.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { PROJECT_FOLDER } from "../options/user_folder.ts";

const HELP = `
Kills nodes of a cluster while readings are published at QoS 1, and counts what
is lost, what comes twice, and how long nothing comes.

Usage: deno task test:cluster nats|rabbitmq [--kills N] [--rate N] [--down S]
       deno task test:cluster nats|rabbitmq --fleet N
       deno task test:cluster nats|rabbitmq --programs
       deno task test:cluster share [--readings N]
       deno task test:cluster bridge [--readings N] [--away S]
       deno task test:cluster table

  --kills N     kill so many nodes, one after the other (20)
  --rate N      publish so many readings a second (500)
  --down S      start a node again after so many seconds (10)
  --fleet N     connect N clients instead, kill the node that has the most of
                them, and show when and where they are back
  --programs    run the tests of lessons and solutions there, but for what the
                engine lacks, as cluster/README.md says
  share         two recorders of one group, of which one is killed and comes back,
                on the embedded broker and on mosquitto
  bridge        a classroom's broker with the bridge of cluster/mosquitto_bridge:
                the centre goes away, and the classroom's broker is killed
  --readings N  have so many readings shared (20000), or bridged (10000)
  --away S      keep the centre away for so many seconds (30)
  table         try what each engine can do, and write it to cluster/README.md

The exit code is 1 if a reading that was acknowledged is lost, or repeated by
recorders that share.
`;

const PAGE = `${PROJECT_FOLDER}cluster/README.md`;
/** Where programs talk to any broker, most of them as the documents do. */
const PROGRAM_TESTS = [
  ...["lessons/01_publish", "lessons/02_subscribe", "lessons/09_qos"],
  ...["lessons/10_sensors", "lessons/11_csv_monitor"],
  ...["lessons/13_gate_service", "checks/01_presence", "checks/02_button"],
  ...["checks/03_chat", "checks/04_luminosity"],
];
const DEEP_QUEUE = "allow_anonymous true\nmax_queued_messages 100000\n";

const KINDS: Record<string, (options: Options) => Promise<number>> = {
  nats: (options) => testEngine("nats", options),
  rabbitmq: (options) => testEngine("rabbitmq", options),
  share: testShare,
  bridge: testBridge,
  table: writeTable,
};

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["kills", "rate", "down", "fleet", "readings", "away"],
    boolean: ["programs"],
    positional: 1,
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<number> {
  const [kind = ""] = options.positional;
  const run = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (run === undefined) {
    throw new UsageError(
      `Argument is "${kind}": it must be one of ${
        Object.keys(KINDS).join(", ")
      }`,
    );
  }
  return await run(options);
}

async function testEngine(engine: Engine, options: Options): Promise<number> {
  const missing = missingEngine(engine);
  if (missing !== undefined) throw new UsageError(missing);
  const fleet = options.number("fleet", { least: 3, most: 100_000 });
  const survival = {
    kills: options.number("kills", { least: 1, most: 10_000 }) ?? 20,
    rate: options.number("rate", { least: 1, most: 100_000 }) ?? 500,
    downSeconds: options.number("down", { least: 0, most: 3600 }) ?? 10,
    restSeconds: 5,
    tell: (line: string) => console.log(line),
  };
  await using cluster = await startCluster(engine);
  if (options.has("programs")) return await testPrograms(engine, cluster.url);
  if (fleet !== undefined) {
    const outcome = await loseNode(cluster, fleet);
    for (const line of describeReturn(outcome)) console.log(line);
    return 0;
  }
  const outcome = await survive(cluster, survival);
  for (const line of describeSurvival(outcome)) console.log(line);
  return outcome.lost === 0 ? 0 : 1;
}

/** Runs what a student does on the cluster, but for what the engine lacks. */
async function testPrograms(engine: Engine, url: string): Promise<number> {
  const table = readTable(await Deno.readTextFile(PAGE));
  const lacking = [...table.get(engine) ?? []]
    .filter(([, words]) => words !== "yes").map(([feature]) => feature);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--quiet", "--allow-all", "--no-check", ...launcherFlags()],
      ...["--filter", ON_SHARED_BROKER, ...PROGRAM_TESTS],
    ],
    cwd: PROJECT_FOLDER,
    env: {
      WORKBOOK_BROKER: url,
      WORKBOOK_BROKER_LACKS: JSON.stringify(lacking),
    },
  }).spawn().status;
  return success ? 0 : 1;
}

async function testShare(options: Options): Promise<number> {
  const readings =
    options.number("readings", { least: 1000, most: 1_000_000 }) ?? 20_000;
  const results: boolean[] = [];
  const share = async (name: string, broker: { url: string }) => {
    const { missing, rows, leftOut, together } = await recordTogether(
      broker.url,
      readings,
    );
    console.log(
      `${name}: ${readings} published, ${missing} missing; ${
        rows.join(" + ")
      } rows, ${leftOut} left out as known; together ${together}`,
    );
    results.push(missing === 0 && together === readings);
  };
  {
    await using broker = await startBroker({ port: 0 });
    await share("embedded", broker);
  }
  if (findPeer("mosquitto") !== undefined) {
    await using broker = await startMosquitto({ config: DEEP_QUEUE });
    await share("mosquitto", broker);
  }
  return results.every(Boolean) ? 0 : 1;
}

async function testBridge(options: Options): Promise<number> {
  if (findPeer("mosquitto") === undefined) {
    throw new UsageError("Broker mosquitto is not installed");
  }
  const { acknowledged, lost, repeated } = await runBridge({
    readings: options.number("readings", { least: 10, most: 1_000_000 }) ??
      10_000,
    awaySeconds: options.number("away", { least: 0, most: 3600 }) ?? 30,
  });
  console.log(
    `Acknowledged ${acknowledged} in the classroom: ${lost} lost, ${repeated} came twice`,
  );
  return lost === 0 ? 0 : 1;
}

async function writeTable(): Promise<number> {
  const page = await Deno.readTextFile(PAGE);
  const table = formatTable(await tryEngines(), readTable(page));
  console.log(table);
  const before = tableOf(page);
  await Deno.writeTextFile(PAGE, page.replace(before, () => table));
  return 0;
}
