import { Buffer } from "node:buffer";
import type { Client } from "../../lib/connect.ts";
import type { Publisher } from "../../lib/publisher.ts";
import type { StopSignal } from "../../lib/stop_signal.ts";
import { splitLines } from "../../lib/lines.ts";
import { readFile } from "../options/files.ts";
import { type Options, UsageError } from "../options/program.ts";

/** The options that say where `pub`'s messages come from. */
export const SOURCE_NAMES = {
  string: ["message", "file", "repeat", "repeat-delay"],
  boolean: ["null-message", "stdin-file", "stdin-line"],
  alias: {
    m: "message",
    f: "file",
    n: "null-message",
    s: "stdin-file",
    l: "stdin-line",
  },
};

/** Payloads, in the batches in which they come. */
type Payloads = AsyncIterable<Uint8Array[]>;

// MQTT 3.1.1 section 2.2.3, less the longest topic and what goes with it.
const LONGEST_PAYLOAD = 268_435_455 - 65_539;
// setTimeout takes 32 bits of milliseconds.
const MOST_SECONDS = 2_147_483;

/**
 * Opens what the options name as the source of messages.
 *
 * @throws {UsageError} If they name none or several, or an unreadable file, or if
 *   what is to be repeated isn't one message.
 */
export async function openSource(options: Options): Promise<Payloads> {
  const given = Object.entries(SOURCE_NAMES.alias).filter(([, name]) =>
    options.has(name) || options.text(name) !== undefined
  );
  const [first, second] = given.map(([letter]) => `-${letter}`);
  if (first === undefined) {
    throw new UsageError("Message is missing: it needs -m, -f, -l, -s or -n");
  }
  if (second !== undefined) {
    throw new UsageError(
      `Options ${first} and ${second} are both given: one must say what to publish`,
    );
  }
  const times = options.number("repeat", { least: 1 });
  const delay = options.number("repeat-delay", {
    least: 0,
    most: MOST_SECONDS,
    whole: false,
  });
  if (times === undefined && delay !== undefined) {
    throw new UsageError(
      "Option --repeat-delay is given alone: it needs --repeat",
    );
  }
  if (options.has("stdin-line")) {
    if (times === undefined) return readLines();
    throw new UsageError(
      "Options -l and --repeat are both given: only one message can be repeated",
    );
  }
  const repeat = { times: times ?? 1, delay: delay ?? 0 };
  if (options.has("stdin-file")) return repeated(readAll, repeat);
  const path = options.text("file");
  const payload = path === undefined
    ? new TextEncoder().encode(options.text("message"))
    : checked(await readFile(path));
  return repeated(() => Promise.resolve(payload), repeat);
}

/** On Windows, programs and editors end lines with CR and LF. */
function readLines(): Payloads {
  const end = Deno.build.os === "windows" ? "CRLF" : "LF";
  return splitLines(Deno.stdin.readable, end);
}

async function readAll(): Promise<Uint8Array> {
  return checked(Buffer.concat(await Array.fromAsync(Deno.stdin.readable)));
}

/** One message, several times, with a pause of so many seconds between. */
async function* repeated(
  read: () => Promise<Uint8Array>,
  { times, delay }: { times: number; delay: number },
): Payloads {
  const batch = [await read()];
  yield batch;
  for (let left = times - 1; left > 0; left--) {
    if (delay > 0) {
      await new Promise((resolve) => setTimeout(resolve, delay * 1000));
    }
    yield batch;
  }
}

function checked(payload: Uint8Array): Uint8Array {
  if (payload.length <= LONGEST_PAYLOAD) return payload;
  const length = payload.length.toLocaleString("en");
  throw new UsageError(
    `Message has ${length} bytes: it must have ${
      LONGEST_PAYLOAD.toLocaleString("en")
    } at most`,
  );
}

/** What {@linkcode publishAll} publishes, and how. */
interface PublishAllOptions {
  /** The payloads, in the order in which they are published. */
  payloads: Payloads;
  /** Publishes one of them. */
  publish: (payload: Uint8Array) => Promise<void>;
  /** Ends it after the payload in hand, and what is in flight. */
  stop: Pick<StopSignal, "requested" | "signal">;
  /** Seconds that a lost broker has to come back in at the end; 30 by default. */
  returnTimeout?: number;
}

/**
 * Publishes payloads no faster than the connection takes them, waits until the
 * broker has them all, and disconnects. While there is more to read, a lost
 * broker is waited for without end.
 *
 * @throws {AggregateError} If some were not published before the end.
 * @throws {PublishError} The first failure, after which nothing is read.
 */
export async function publishAll(
  publisher: Publisher,
  options: PublishAllOptions,
): Promise<void> {
  const { payloads, publish, stop, returnTimeout = 30 } = options;
  const failed = Promise.withResolvers<never>();
  const publishEach = async () => {
    for await (const batch of payloads) {
      for (const payload of batch) {
        await publisher.ready;
        if (stop.signal.aborted) return;
        publish(payload).catch(failed.reject);
      }
    }
  };
  try {
    await Promise.race([publishEach(), stop.requested, failed.promise]);
    if (!stop.signal.aborted) {
      // Closed before its time, it rejects what waits, and so ends the flush.
      stop.requested.then(() => publisher.client.close());
      using _deadline = closeWhenGone(publisher.client, returnTimeout);
      await publisher.flush();
    }
    await publisher.close();
  } finally {
    await publisher.client.close();
  }
}

/** Closes the client once it has been without a connection for so many seconds. */
function closeWhenGone(client: Client, seconds: number): Disposable {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    timer ??= setTimeout(() => client.close(), seconds * 1000);
  };
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  client.on("close", wait).on("connect", stop);
  if (!client.connected) wait();
  return {
    [Symbol.dispose]() {
      stop();
      client.off("close", wait).off("connect", stop);
    },
  };
}
