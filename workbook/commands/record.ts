/**
 * The recording half of the main job: subscribes, and appends each reading to a
 * CSV file (document ko §5 b, monitor v1).
 *
 * @module
 */
import { subscribe, type SubscribeOptions } from "../../lib/mod.ts";
import { printable } from "../../lib/printable.ts";
import { tellMissingBroker } from "../broker/missing_broker.ts";
import {
  CONNECTION_HELP,
  CONNECTION_NAMES,
  readConnection,
  readQos,
  readTopics,
} from "../options/mosquitto_options.ts";
import { openRecorder } from "../main_job/open_recorder.ts";
import { type Options, runProgram } from "../options/program.ts";
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
  --guard       write ' before a topic that a spreadsheet takes for a formula
  --out FILE    append to FILE (sensorvalues.csv)

  ${CONNECTION_HELP}
`;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["qos", "out", ...CONNECTION_NAMES.string],
    collect: ["topic"],
    boolean: ["ignore-retained", "guard", ...CONNECTION_NAMES.boolean],
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
  const topics = readTopics(options);
  const { host, ...connection } = await readConnection(options);
  const ending = new AbortController();
  let failure: Error | undefined;
  const recorder = await openRecorder(file, {
    guardFormulas: options.has("guard"),
    retained: options.has("ignore-retained") ? "never" : "once",
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
      topics.length > 0 ? topics : "iot/#",
      recorder.record,
      true,
      subscribeOptions,
    );
    if (failure !== undefined) throw failure;
    await recorder.flush();
  } finally {
    await recorder.close().catch(() => {});
    if (isRecording) {
      console.error(printable(`Wrote ${recorder.rows} rows to ${file}`));
    }
  }
}
