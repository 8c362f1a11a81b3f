/**
 * Publishes messages, with mosquitto_pub's flags.
 *
 * Run: deno run --allow-env --allow-net --allow-read workbook/commands/pub.ts
 *
 * @module
 */
import { assertTopicName } from "../../lib/_topics.ts";
import type { Client } from "../../lib/connect.ts";
import { Publisher } from "../../lib/publisher.ts";
import { StopSignal } from "../../lib/stop_signal.ts";
import { openSource, type Payloads, SOURCE_NAMES } from "../_message_source.ts";
import {
  type Connection,
  CONNECTION_HELP,
  CONNECTION_NAMES,
  readConnection,
  readQos,
} from "../_mosquitto_options.ts";
import { type Options, runProgram, UsageError } from "../_program.ts";

const HELP = `
Usage: deno task pub -t TOPIC -m TEXT [OPTIONS]

Publishes messages, as mosquitto_pub does.

  -t TOPIC            The topic
  -m TEXT             The message; instead of it:
  -f FILE               a file as one message, byte for byte
  -l                    each line of standard input as a message
  -s                    all of standard input as one message
  -n                    an empty message
  -q QOS              Quality of service 0 (unless given), 1 or 2
  -r                  The broker keeps the message for later subscribers

${CONNECTION_HELP}

Examples
  deno task pub -t iot/user1/temp -m 21.5
  deno task pub -h mqtt://192.168.0.10 -t iot/log -q 1 -l < log.txt
`;

/** Seconds to connect in, and to connect again once nothing is left to read. */
const CONNECT_TIMEOUT = 5;
const RETURN_TIMEOUT = 30;

await runProgram({
  help: HELP,
  names: {
    string: [
      "topic",
      "qos",
      ...SOURCE_NAMES.string,
      ...CONNECTION_NAMES.string,
    ],
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
      ...CONNECTION_NAMES.alias,
    },
  },
  main,
});

async function main(options: Options): Promise<void> {
  const topic = options.text("topic");
  if (topic === undefined) {
    throw new UsageError("Topic is missing: it needs -t");
  }
  assertTopicName(topic);
  const qos = readQos(options, "qos");
  const retain = options.has("retain");
  const payloads = await openSource(options);
  const connection = await readConnection(options);

  using stop = new StopSignal();
  const publisher = await openPublisher(connection, stop.signal);
  try {
    const publish = (payload: Uint8Array) =>
      publisher.publish(topic, payload, { qos, retain });
    const all = publishAll(publisher, {
      payloads,
      publish,
      signal: stop.signal,
    });
    await Promise.race([all, stop.requested]);
    // Its error says what is still unpublished.
    await publisher.close();
  } finally {
    await publisher.client.close();
  }
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

/** Publishes no faster than the connection takes it, up to the first failure. */
async function publishAll(
  publisher: Publisher,
  { payloads, publish, signal }: {
    payloads: Payloads;
    publish: (payload: Uint8Array) => Promise<void>;
    signal: AbortSignal;
  },
): Promise<void> {
  const failed = Promise.withResolvers<never>();
  const all = (async () => {
    for await (const batch of payloads) {
      for (const payload of batch) {
        await publisher.ready;
        if (signal.aborted) return;
        publish(payload).catch(failed.reject);
      }
    }
    await Promise.race([publisher.flush(), whenGone(publisher.client)]);
  })();
  await Promise.race([all, failed.promise]);
}

/** Resolves when a lost connection has had its time to come back. */
function whenGone(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const wait = () => setTimeout(resolve, RETURN_TIMEOUT * 1000);
    if (client.connected) client.once("close", wait);
    else wait();
  });
}
