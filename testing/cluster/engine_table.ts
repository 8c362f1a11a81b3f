/**
 * The table of `cluster/README.md`: what each engine does with each feature.
 *
 * @module
 */
import { startBroker } from "../../lib/mod.ts";
import { startCluster } from "../../workbook/cluster/cluster.ts";
import { missingEngine } from "../../workbook/cluster/find_engine.ts";
import { startMosquitto } from "../brokers/mosquitto.ts";
import { findPeer } from "../peers.ts";
import {
  type EngineAddresses,
  FEATURES,
  findFeatures,
} from "./engine_features.ts";

/** An engine that runs, until it is disposed of. */
interface RunningEngine extends EngineAddresses, AsyncDisposable {}

/** An engine, whether it is missing here, and how it is started. */
type EngineEntry = readonly [
  name: string,
  isMissing: () => boolean,
  start: () => Promise<RunningEngine>,
];

/** In the table's order. */
const ENGINES: readonly EngineEntry[] = [
  ["embedded", () => false, async () => alone(await startBroker({ port: 0 }))],
  [
    "mosquitto",
    () => findPeer("mosquitto") === undefined,
    async () => alone(await startMosquitto()),
  ],
  ...(["nats", "rabbitmq"] as const).map((name): EngineEntry => [
    name,
    () => missingEngine(name) !== undefined,
    async () => {
      const cluster = await startCluster(name);
      const [first, second] = cluster.nodes;
      return {
        url: first!.url,
        otherUrl: second!.url,
        [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
      };
    },
  ]),
];

/** What was found of each engine: by its name, and then by the feature's. */
type EngineTable = Map<string, Map<string, string>>;

/** Tries all features on all engines that are installed. */
export async function tryEngines(): Promise<EngineTable> {
  const table: EngineTable = new Map();
  for (const [name, isMissing, start] of ENGINES) {
    if (isMissing()) continue;
    await using engine = await start();
    table.set(name, await findFeatures(engine));
  }
  return table;
}

/** Writes the table in Markdown; what wasn't tried now stays as it was. */
export function formatTable(table: EngineTable, before: EngineTable): string {
  const names = ENGINES.map(([name]) => name);
  const cells = FEATURES.map(({ name }) => [
    name,
    ...names.map((engine) =>
      (table.get(engine) ?? before.get(engine))?.get(name) ?? "not tried"
    ),
  ]);
  const rows = [["", ...names], ...cells];
  const widths = rows[0]!.map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]!.length))
  );
  const line = (row: string[]) =>
    `| ${
      row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")
    } |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join("\n");
}

export function readTable(page: string): EngineTable {
  const [head = [], , ...rows] = tableOf(page).split("\n").map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
  return new Map(
    head.slice(1).map((engine, index) => [
      engine,
      new Map(rows.map(([name, ...cells]) => [name!, cells[index]!])),
    ]),
  );
}

export function tableOf(page: string): string {
  return /(?<=<!-- engines -->\n\n)[^<]*(?=\n\n<!-- \/engines -->)/
    .exec(page)?.[0] ?? "";
}

function alone(broker: { url: string } & AsyncDisposable): RunningEngine {
  return {
    url: broker.url,
    otherUrl: broker.url,
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}
