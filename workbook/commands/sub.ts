/**
 * Prints the messages of topics, with mosquitto_sub's flags.
 *
 * Run: deno run --allow-env --allow-net --allow-read workbook/commands/sub.ts
 *
 * @module
 */
import { type Message, subscribe } from "../../lib/mod.ts";
import { printable } from "../../lib/printable.ts";
import {
  CONNECTION_HELP,
  CONNECTION_NAMES,
  readConnection,
  readQos,
} from "../_mosquitto_options.ts";
import { type Options, runProgram, UsageError } from "../_program.ts";
import { StandardOutput } from "../_standard_output.ts";

const HELP = `
Prints the messages of topics, as mosquitto_sub does.

Usage: deno task sub -t FILTER... [OPTION]...

  -t FILTER     subscribe to these topics, such as iot/#; may be repeated
  -q QOS        subscribe at quality of service 0 (the default), 1 or 2
  -v            print the topic before each message
  -N            print no line end after a message
  -C COUNT      end after so many messages
  -W SECONDS    end after so long, with exit status 27

  ${CONNECTION_HELP}

On a terminal, what could change the screen or begin a line is shown as it is
written in a program, such as \\x1b and \\n. Into a file or a program, each payload
goes byte by byte.

Examples:
  deno task sub -t 'iot/#' -v
  deno task sub -h 192.168.0.10 -t iot/user1/temp -q 1 -C 10 > readings.txt
`;

// setTimeout takes 32 bits of milliseconds.
const MOST_SECONDS = 2_147_483;
const TIMED_OUT = 27;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const LINE_END = encoder.encode("\n");

await runProgram({
  help: HELP,
  names: {
    string: ["qos", "count", "timeout", ...CONNECTION_NAMES.string],
    collect: ["topic"],
    boolean: ["verbose", "raw", ...CONNECTION_NAMES.boolean],
    alias: {
      t: "topic",
      q: "qos",
      v: "verbose",
      N: "raw",
      C: "count",
      W: "timeout",
      ...CONNECTION_NAMES.alias,
    },
  },
  main,
});

async function main(options: Options): Promise<number> {
  const topics = options.texts("topic");
  if (topics.length === 0) {
    throw new UsageError("Topic is missing: it needs -t");
  }
  const qos = readQos(options, "qos");
  const style = { raw: options.has("raw"), verbose: options.has("verbose") };
  const seconds = options.number("timeout", { least: 1, most: MOST_SECONDS });
  let left = options.number("count", { least: 1 }) ?? Infinity;
  const { host, ...connection } = await readConnection(options);

  const isTerminal = Deno.stdout.isTerminal();
  const stop = new AbortController();
  let isTimedOut = false;
  let failure: unknown;
  const output = new StandardOutput((error) => {
    failure = error;
    stop.abort();
  });
  const isOver = () => left === 0 || failure !== undefined;
  const print = (message: Message) => {
    // Thrown, it stays unacknowledged: whoever comes next gets it.
    if (isOver()) throw new Error("Message is not for this run");
    const pieces = format(message, style);
    output.add(...isTerminal ? pieces.map(forTerminal) : pieces);
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
  });
  await output.flush().catch(reportFailure);
  if (left > 0 && isTimedOut) {
    console.error("Timed out");
    return TIMED_OUT;
  }
  return 0;
}

/** A message as mosquitto_sub prints it: an empty one only as `TOPIC (null)`. */
function format(
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
