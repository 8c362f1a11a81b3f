/**
 * Prints the messages of topics, with mosquitto_sub's flags.
 *
 * Run: deno run --allow-env --allow-net --allow-read workbook/commands/sub.ts
 *
 * @module
 */
import type { Message } from "../../lib/message.ts";
import { printable } from "../../lib/printable.ts";
import { subscribe } from "../../lib/subscribe.ts";
import { assertTopicFilter } from "../../lib/topics.ts";
import { tellMissingBroker } from "../broker/missing_broker.ts";
import { matchesFilter } from "../messages/matches_filter.ts";
import {
  CONNECTION_HELP,
  CONNECTION_NAMES,
  MISSING_CONNECTION_HELP,
  readConnection,
  readQos,
  readTopics,
} from "../options/mosquitto_options.ts";
import { FORMAT_HELP, outputFormat } from "../messages/output_format.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";
import { enterUserFolder } from "../options/user_folder.ts";
import { StandardOutput } from "../terminal/standard_output.ts";

const HELP = `
Prints the messages of topics, as mosquitto_sub does.

Usage: deno task sub -t FILTER... [OPTION]...

  -t FILTER     subscribe to these topics, such as iot/#; may be repeated
  -q QOS        subscribe at quality of service 0 (the default), 1 or 2
  -v            print the topic before each message
  -N            print no line end after a message
  ${FORMAT_HELP}
  -R            print no retained messages
  --retained-only       print retained messages only, and end at the first other
  -T FILTER     print no messages of these topics; may be repeated
  -U FILTER     unsubscribe from these topics, of a session that was kept; may be
                repeated
  -C COUNT      end after so many messages
  -W SECONDS    end after so long, with exit status 27

  ${CONNECTION_HELP}

  ${MISSING_CONNECTION_HELP},
  -D and -x (pub has -D), -E (-W 1), --pretty, --random-filter, --remove-retained
  and --retain-as-published

On a terminal, what could change the screen or begin a line is shown as it is
written in a program, such as \\x1b and \\n. Into a file or a program, each payload
goes byte by byte.

It waits for a broker that isn't there, until Ctrl-C.

Examples:
  deno task sub -t 'iot/#' -v
  deno task sub -t 'iot/#' -F '%I %t %p'
  deno task sub -h 192.168.0.10 -t iot/user1/temp -q 1 -C 10 > readings.txt
`;

// setTimeout takes 32 bits of milliseconds.
const MOST_SECONDS = 2_147_483;
const TIMED_OUT = 27;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const LINE_END = encoder.encode("\n");

export const program = await runProgram({
  help: HELP,
  names: {
    string: ["qos", "count", "timeout", "format", ...CONNECTION_NAMES.string],
    collect: ["topic", "filter-out", "unsubscribe"],
    boolean: [
      ...["verbose", "raw", "no-retained", "retained-only"],
      ...CONNECTION_NAMES.boolean,
    ],
    alias: {
      t: "topic",
      q: "qos",
      v: "verbose",
      N: "raw",
      C: "count",
      W: "timeout",
      F: "format",
      R: "no-retained",
      T: "filter-out",
      U: "unsubscribe",
      ...CONNECTION_NAMES.alias,
    },
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<number> {
  enterUserFolder();
  using _hint = tellMissingBroker(options);
  const topics = readTopics(options);
  if (topics.length === 0) {
    throw new UsageError("Topic is missing: it needs -t or -L");
  }
  const unwanted = options.texts("unsubscribe");
  unwanted.forEach(assertTopicFilter);
  const choose = readChoice(options);
  const qos = readQos(options, "qos");
  const format = readFormat(options);
  const seconds = options.number("timeout", { least: 1, most: MOST_SECONDS });
  let left = options.number("count", { least: 1 }) ?? Infinity;
  const { host, ...connection } = await readConnection(options);

  const stop = new AbortController();
  let isTimedOut = false;
  let failure: unknown;
  const output = new StandardOutput((error) => {
    failure = error;
    stop.abort();
  });
  const isOver = () => left === 0 || failure !== undefined;
  const print = (message: Message) => {
    const choice = isOver() ? "end" : choose(message);
    if (choice === "end") {
      left = 0;
      stop.abort();
      // Thrown, it stays unacknowledged: whoever comes next gets it.
      throw new Error("Message is not for this run");
    }
    if (choice === "skip") return;
    output.add(...format(message));
    if (--left === 0) stop.abort();
    if (message.qos > 0 || output.isFull) return output.flush();
  };
  if (seconds !== undefined) {
    setTimeout(() => {
      isTimedOut = true;
      stop.abort();
    }, seconds * 1000);
  }
  await subscribe(host, topics, print, true, {
    ...connection,
    qos,
    signal: stop.signal,
    onError: () => {},
    onSubscribe: (_, client) => {
      if (unwanted.length === 0) return;
      client.unsubscribeAsync(unwanted).catch(({ message }) =>
        console.error(`Topics of -U stay subscribed: ${message}`)
      );
    },
  });
  await output.flush().catch(reportFailure);
  if (left > 0 && isTimedOut) {
    console.error("Timed out");
    return TIMED_OUT;
  }
  return 0;
}

/**
 * Reads which messages are printed.
 *
 * @returns A function that says whether to print a message, to skip it, or to end
 *   before it.
 */
function readChoice(
  options: Options,
): (message: Message) => "print" | "skip" | "end" {
  const hidden = options.texts("filter-out");
  hidden.forEach(assertTopicFilter);
  const [isFresh, isStale] = ["no-retained", "retained-only"].map(options.has);
  if (isFresh && isStale) {
    throw new UsageError(
      "Options -R and --retained-only are both given: together they print nothing",
    );
  }
  return ({ topic, retain }) => {
    if (isStale && !retain) return "end";
    const isHidden = isFresh && retain ||
      hidden.some((filter) => matchesFilter(filter, topic));
    return isHidden ? "skip" : "print";
  };
}

/** Reads how a message is printed. */
function readFormat(options: Options): (message: Message) => Uint8Array[] {
  const style = { raw: options.has("raw"), verbose: options.has("verbose") };
  const isTerminal = Deno.stdout.isTerminal();
  const text = options.text("format");
  if (text === undefined) {
    if (!isTerminal) return (message) => toLine(message, style);
    return (message) => toLine(message, style).map(forTerminal);
  }
  const format = outputFormat(text, isTerminal);
  const end = style.raw ? [] : [LINE_END];
  return (message) => [format(message), ...end];
}

/** A message as mosquitto_sub prints it: an empty one only as `TOPIC (null)`. */
function toLine(
  { topic, payload }: Message,
  { raw, verbose }: { raw: boolean; verbose: boolean },
): Uint8Array[] {
  const isEmpty = payload.length === 0;
  if (isEmpty && (raw || !verbose)) return [];
  const end = raw ? [] : [LINE_END];
  if (!verbose) return [payload, ...end];
  const shown = isEmpty ? encoder.encode("(null)") : payload;
  return [encoder.encode(`${topic} `), shown, ...end];
}

/** What strangers write mustn't do anything to a terminal. */
function forTerminal(piece: Uint8Array): Uint8Array {
  if (piece === LINE_END) return piece;
  return encoder.encode(printable(decoder.decode(piece)));
}

/** A reader that has had enough, such as `head`, is no failure. */
function reportFailure(error: unknown): void {
  if (error instanceof Deno.errors.BrokenPipe) return;
  throw new Error(
    `Standard output can't be written: ${(error as Error).message}`,
  );
}
