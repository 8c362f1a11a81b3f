/**
 * Shows what comes from a broker on a page in the browser.
 *
 * Run: deno run --allow-env --allow-net --allow-read workbook/commands/dashboard.ts
 *
 * @module
 */
import { namedBroker } from "../../lib/client/address.ts";
import {
  assertTopicFilter,
  printable,
  StopSignal,
  SubscriptionRefusedError,
} from "../../lib/mod.ts";
import { findBroker, type FoundBroker } from "../broker/find_broker.ts";
import { openDashboard } from "../dashboard/dashboard.ts";
import { openBrowser } from "../dashboard/open_browser.ts";
import { readRecording } from "../dashboard/read_recording.ts";
import { createLogLines } from "../dashboard/news.ts";
import {
  CONNECTION_HELP,
  CONNECTION_NAMES,
  readConnection,
  readTopics,
} from "../options/mosquitto_options.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { enterUserFolder } from "../options/user_folder.ts";
import { promptSecret } from "../npm_std/prompt_secret.ts";

const HELP = `
Shows what comes from a broker on a page in the browser: topics as a tree, charts,
packets; and publishes from there.

Usage: deno task dashboard [-h HOST] [-t FILTER]... [OPTION]...

  -t FILTER     show these topics (#); may be repeated
  --csv FILE    begin with the readings of this recording
  --port PORT   serve the page on this port (8080; 0 for any free one)
  --no-open     print the page's address, and open no browser
  --host ADDRESS        let other machines open the page, at this address of this one
                (0.0.0.0 for all); needs --password
  --password    ask for a password now, and on the page; the variable
                DASHBOARD_PASSWORD may hold it instead

  ${CONNECTION_HELP}

Without -h, -L and MQTT_URL, it shows the broker at localhost:1883; if none answers
there, an embedded one is started, and its clients are shown, too. MQTT 5 is spoken
unless -V says otherwise, or the broker doesn't.

Examples:
  deno task dashboard
  deno task dashboard -h test.example -t 'iot/#' --csv sensorvalues.csv
`;

const PORT = 8080;
/** What `-h` and `-p` are called here: the page has a host and a port, too. */
const OF_BROKER = new Map([["host", "broker-host"], ["port", "broker-port"]]);

export const program = await runProgram({
  help: HELP,
  names: {
    string: [...CONNECTION_NAMES.string, ...OF_BROKER.values(), "csv"],
    collect: ["topic"],
    boolean: [...CONNECTION_NAMES.boolean, "no-open", "password"],
    alias: {
      ...CONNECTION_NAMES.alias,
      h: "broker-host",
      p: "broker-port",
      t: "topic",
    },
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  enterUserFolder();
  const port = options.number("port", { least: 0, most: 65535 }) ?? PORT;
  const place = readPlace(options);
  const topics = readTopics(options);
  const filters = topics.length > 0 ? topics : ["#"];
  filters.forEach((filter) => assertTopicFilter(filter));
  const nameOf = (name: string) => OF_BROKER.get(name) ?? name;
  const ofBroker: Options = {
    ...options,
    text: (name) => options.text(nameOf(name)),
    number: (name, range) => options.number(nameOf(name), range),
  };
  const isNamed = ["host", "url"].some((name) => ofBroker.text(name)) ||
    namedBroker() !== undefined;
  const { host: named, protocolVersion, ...connection } = await readConnection(
    ofBroker,
  );
  const file = options.text("csv");
  const recording = file === undefined ? undefined : await readRecording(file);
  const log = createLogLines();
  await using broker: FoundBroker = isNamed
    ? foundAt(named)
    : await findBroker({ log: (line) => void log.push(line) });
  using stop = new StopSignal();
  await using dashboard = await openDashboard({
    broker: broker.url,
    filters,
    connection: {
      ...connection,
      // Without -V it is 3.1.1, as mosquitto's programs have it.
      ...options.text("protocol-version") && protocolVersion && {
        protocolVersion,
      },
      signal: stop.signal,
    },
    ...place,
    port,
    log,
    clients: broker.clients,
    recording: recording && { name: printable(file!), table: recording },
  }).catch(explainRefusal);
  console.log(`The page is at ${dashboard.url}`);
  if (place.password !== undefined) {
    console.error(
      "Whoever can reach it and knows the password reads and publishes as this program does. Nothing is encrypted",
    );
  }
  await using _browser = options.has("no-open")
    ? undefined
    : await openBrowser(dashboard.url);
  await Promise.race([stop.requested, dashboard.refused]);
}

/** Says what can be done where nothing at all may be subscribed to. */
function explainRefusal(error: unknown): never {
  if (!(error instanceof SubscriptionRefusedError)) throw error;
  throw new Error(`${error.message}; name others with -t`);
}

/** Reads where the page is served, and what it asks for. */
function readPlace(
  options: Options,
): { host?: string; password?: string } {
  const host = options.text("host");
  if (options.has("password") !== (host !== undefined)) {
    throw new UsageError(
      host === undefined
        ? "Option --password is given without --host: on this machine the page's address is the secret"
        : "Option --host needs --password: without one, everybody on the network could read and publish",
    );
  }
  if (host === undefined) return {};
  if (host === "") {
    throw new UsageError(
      'Option --host is "": it must be a name or an address of this machine',
    );
  }
  const password = Deno.env.get("DASHBOARD_PASSWORD") ||
    promptSecret("Password for the page: ", { mask: "" });
  if (password) return { host, password };
  throw new UsageError(
    "Password is missing: type one, or set the variable DASHBOARD_PASSWORD",
  );
}

function foundAt(url: string): FoundBroker {
  return { url, async [Symbol.asyncDispose]() {} };
}
