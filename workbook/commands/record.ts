/**
 * The recording half of the main job: subscribes, and appends each reading to a
 * CSV file (document ko §5 b, monitor v1).
 *
 * @module
 */
import { printable } from "../../lib/printable.ts";
import { subscribe, type SubscribeOptions } from "../../lib/subscribe.ts";
import { tellMissingBroker } from "../broker/missing_broker.ts";
import {
  CONNECTION_HELP,
  CONNECTION_NAMES,
  readConnection,
  readQos,
  readTopics,
} from "../options/mosquitto_options.ts";
import { openRecorder } from "../main_job/open_recorder.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { enterUserFolder } from "../options/user_folder.ts";

const HELP = `
Records readings from a broker to a CSV file: time, topic, value.

Usage: deno task record [-t FILTER]... [-q QOS] [--out FILE] [OPTION]...

  -t FILTER     record these topics (iot/#); may be repeated
  -q QOS        subscribe at quality of service 0 (the default), 1 or 2; at 1
                and 2 a reading is acknowledged once it is in the file, and with
                -c what comes while the recorder is away is recorded later
  -R            leave out retained messages: at each start the broker sends
                those again, as old as they are
  --share NAME  share the work with all recorders of this name: each reading goes
                to one of them (MQTT 5, and most brokers in 3.1.1)
  --time payload    write the publisher's time, where the payload has one:
                {"time": "2026-11-21T00:30:00.123456Z", "value": 21.5}
  --deduplicate leave out a reading that is in the file already, as a broker may
                send it again; needs --time payload
  --guard       write ' before a topic that a spreadsheet takes for a formula
  --out FILE    append to FILE (sensorvalues.csv)

  ${CONNECTION_HELP}
`;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["qos", "out", "share", "time", ...CONNECTION_NAMES.string],
    collect: ["topic"],
    boolean: [
      "ignore-retained",
      "deduplicate",
      "guard",
      ...CONNECTION_NAMES.boolean,
    ],
    alias: {
      t: "topic",
      q: "qos",
      R: "ignore-retained",
      ...CONNECTION_NAMES.alias,
    },
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  enterUserFolder();
  using _hint = tellMissingBroker(options);
  const qos = readQos(options, "qos");
  const file = options.text("out") ?? "sensorvalues.csv";
  const topics = readFilters(options);
  const timeFrom = readTimeFrom(options);
  const { host, ...connection } = await readConnection(options);
  const ending = new AbortController();
  let failure: Error | undefined;
  const recorder = await openRecorder(file, {
    guardFormulas: options.has("guard"),
    timeFrom,
    deduplicate: options.has("deduplicate"),
    ...options.has("ignore-retained") && { retained: "never" },
    onFailure: (error) => {
      failure = error;
      ending.abort();
    },
  });
  let isRecording = false;
  const subscribeOptions: SubscribeOptions = {
    ...connection,
    qos,
    onSubscribe: (filters) => {
      if (isRecording) return;
      isRecording = true;
      console.error(
        printable(
          `Subscribed to ${
            filters.join(" ")
          }, recording to ${file}: Ctrl-C ends`,
        ),
      );
    },
    signal: ending.signal,
    // The recorder has said it once, and ends the program.
    onError: () => {},
  };
  try {
    await subscribe(
      host,
      topics,
      recorder.record,
      true,
      subscribeOptions,
    );
    if (failure !== undefined) throw failure;
    await recorder.flush();
  } finally {
    await recorder.close().catch(() => {});
    if (isRecording) {
      const { rows, duplicates } = recorder;
      const leftOut = duplicates === 0
        ? ""
        : `, and left out ${duplicates} that had come before`;
      console.error(printable(`Wrote ${rows} rows to ${file}${leftOut}`));
    }
  }
}

/** The filters of `-t`, as a member of a group subscribes to them. */
function readFilters(options: Options): string[] {
  const given = readTopics(options);
  const filters = given.length > 0 ? given : ["iot/#"];
  const group = options.text("share");
  if (group === undefined) return filters;
  if (group === "" || /[/+#]/.test(group)) {
    throw new UsageError(
      `Option --share is "${group}": it must be a name without /, + and #`,
    );
  }
  if (filters.some((filter) => filter.startsWith("$share/"))) {
    throw new UsageError("Option -t has a group already: it needs no --share");
  }
  return filters.map((filter) => `$share/${group}/${filter}`);
}

function readTimeFrom(options: Options): "arrival" | "payload" {
  const from = options.text("time") ?? "arrival";
  if (from !== "arrival" && from !== "payload") {
    throw new UsageError(
      `Option --time is "${from}": it must be arrival or payload`,
    );
  }
  if (options.has("deduplicate") && from !== "payload") {
    throw new UsageError(
      "Readings can't be told apart by their arrival: --deduplicate needs --time payload",
    );
  }
  return from;
}
