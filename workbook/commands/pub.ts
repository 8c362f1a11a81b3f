/**
 * Publishes messages, with mosquitto_pub's flags.
 *
 * Run: deno run --allow-env --allow-net --allow-read workbook/commands/pub.ts
 *
 * @module
 */
import mqttPacket from "mqtt-packet";
import { Publisher } from "../../lib/publisher.ts";
import { StopSignal } from "../../lib/stop_signal.ts";
import { assertTopicName } from "../../lib/topics.ts";
import { tellMissingBroker } from "../broker/missing_broker.ts";
import {
  openSource,
  publishAll,
  SOURCE_NAMES,
} from "../messages/publish_all.ts";
import {
  type Connection,
  CONNECTION_HELP,
  CONNECTION_NAMES,
  MISSING_CONNECTION_HELP,
  readConnection,
  readQos,
  readTopics,
} from "../options/mosquitto_options.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import {
  PROPERTY_HELP,
  PROPERTY_NAMES,
  readProperties,
} from "../options/property_options.ts";
import { enterUserFolder } from "../options/user_folder.ts";

const HELP = `
Publishes messages, as mosquitto_pub does.

Usage: deno task pub -t TOPIC {-m TEXT | -f FILE | -l | -s | -n} [OPTION]...

  -t TOPIC      publish on this topic
  -m TEXT       one message: this text
  -f FILE       one message: the file, byte for byte
  -l            a message for each line of standard input
  -s            one message: all of standard input
  -n            one message: nothing
  -q QOS        publish at quality of service 0 (the default), 1 or 2
  -r            let the broker keep the message for later subscribers
  ${PROPERTY_HELP}
  --repeat COUNT        publish the one message so many times
  --repeat-delay SECONDS        with so long a pause between (0)

  ${CONNECTION_HELP}

  ${MISSING_CONNECTION_HELP},
  -M (the broker's receive maximum counts) and -x
  (-D connect session-expiry-interval)

It waits five seconds for a broker that isn't there yet.

Examples:
  deno task pub -t iot/user1/temp -m 21.5
  deno task pub -h mqtt://192.168.0.10 -t iot/log -q 1 -l < log.txt
`;

/** In seconds; mosquitto_pub would give up at once. */
const CONNECT_TIMEOUT = 5;

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["qos", ...SOURCE_NAMES.string, ...CONNECTION_NAMES.string],
    collect: ["topic"],
    rows: PROPERTY_NAMES.rows,
    boolean: [
      "retain",
      ...SOURCE_NAMES.boolean,
      ...CONNECTION_NAMES.boolean,
    ],
    alias: {
      t: "topic",
      q: "qos",
      r: "retain",
      ...SOURCE_NAMES.alias,
      ...PROPERTY_NAMES.alias,
      ...CONNECTION_NAMES.alias,
    },
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  enterUserFolder();
  using _hint = tellMissingBroker(options);
  const [topic, ...others] = readTopics(options);
  if (topic === undefined) {
    throw new UsageError("Topic is missing: it needs -t or -L");
  }
  if (others.length > 0) {
    throw new UsageError("Topic is given twice: it must be given by -t or -L");
  }
  assertTopicName(topic);
  const qos = readQos(options, "qos");
  const retain = options.has("retain");
  const payloads = await openSource(options);
  const properties = readProperties(options);
  const connection = await readConnection(options);

  const isForMany = options.has("stdin-line") ||
    options.text("repeat") !== undefined;
  if (!isForMany) prepareForOne();
  using stop = new StopSignal();
  const publisher = await openPublisher(connection, stop.signal);
  const publish = (payload: Uint8Array) =>
    publisher.publish(topic, payload, {
      qos,
      retain,
      ...(properties.publish && { properties: properties.publish }),
    });
  await publishAll(publisher, { payloads, publish, stop });
}

/**
 * With many packets in view, the encoder makes the bytes of all 65,536 numbers
 * beforehand. For a single message, that is a fifth of the program's time.
 */
function prepareForOne(): void {
  mqttPacket.writeToStream.cacheNumbers = false;
}

async function openPublisher(
  { host, ...options }: Connection,
  signal: AbortSignal,
): Promise<Publisher> {
  let isConnected = false;
  // Before, the error that ends the program says it all.
  const log = (line: string) => isConnected && console.error(line);
  const timeout = CONNECT_TIMEOUT;
  try {
    const connection = { ...options, timeout, signal, log };
    return await Publisher.connect(host, connection);
  } catch (error) {
    if (error !== signal.reason) throw error;
    throw new Error("Stopped before the broker answered: nothing is published");
  } finally {
    isConnected = true;
  }
}
