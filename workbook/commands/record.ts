/**
 * The recording half of the main job: subscribes, and appends each reading to a
 * CSV file (document ko §5 b, monitor v1).
 *
 * @module
 */
import { subscribe, type SubscribeOptions } from "../../lib/mod.ts";
import { openRecorder } from "../_open_recorder.ts";
import { type Options, runProgram, UsageError } from "../_program.ts";

const HELP = `
Records readings from a broker to a CSV file: time, topic, value.

Usage: deno task record [-h HOST] [-t FILTER]... [-q QOS] [-i ID] [-c] [-R]
                        [--guard] [--out FILE]

  -h HOST      the broker: a name, name:port or URL (MQTT_URL, then localhost)
  -t FILTER    record these topics (iot/#); may be repeated
  -q QOS       subscribe at quality of service 0 (the default), 1 or 2; at 1
               and 2 a reading is acknowledged once it is in the file
  -i ID        connect with this client id
  -c           keep the session: what comes while the recorder is away is
               recorded when it is back; needs -i, and -q 1 or 2
  -R           leave out retained messages: at each start the broker sends
               those again, as old as they are
  --guard      write ' before a topic that a spreadsheet takes for a formula
  --out FILE   append to FILE (sensorvalues.csv)
`;

await runProgram({
  help: HELP,
  names: {
    string: ["host", "qos", "id", "out"],
    collect: ["topic"],
    boolean: ["keep", "ignore-retained", "guard"],
    alias: {
      h: "host",
      t: "topic",
      q: "qos",
      i: "id",
      c: "keep",
      R: "ignore-retained",
    },
  },
  main,
});

async function main(options: Options): Promise<void> {
  const qos = options.number("qos", { least: 0, most: 2 }) as 0 | 1 | 2 ?? 0;
  const clientId = options.text("id");
  const file = options.text("out") ?? "sensorvalues.csv";
  const topics = options.texts("topic");
  if (options.has("keep") && clientId === undefined) {
    throw new UsageError("Option -c needs -i: a session is kept by client id");
  }
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
    qos,
    onSubscribe: (filters) => {
      if (isRecording) return;
      isRecording = true;
      console.error(
        `Subscribed to ${filters.join(" ")}, recording to ${file}: Ctrl-C ends`,
      );
    },
    clean: !options.has("keep"),
    signal: ending.signal,
    // The recorder has said it once, and ends the program.
    onError: () => {},
    ...(clientId !== undefined && { clientId }),
  };
  try {
    await subscribe(
      options.text("host"),
      topics.length > 0 ? topics : "iot/#",
      recorder.record,
      true,
      subscribeOptions,
    );
    if (failure !== undefined) throw failure;
    await recorder.flush();
  } finally {
    await recorder.close().catch(() => {});
    if (isRecording) console.error(`Wrote ${recorder.rows} rows to ${file}`);
  }
}
