import { Buffer } from "node:buffer";
import { splitLines } from "../lib/lines.ts";
import { readFile } from "./_input_file.ts";
import { type Options, UsageError } from "./_program.ts";

/** The options that say where `pub`'s messages come from. */
export const SOURCE_NAMES = {
  string: ["message", "file"],
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
export type Payloads = AsyncIterable<Uint8Array[]>;

// MQTT 3.1.1 section 2.2.3, less the longest topic and what goes with it.
const LONGEST_PAYLOAD = 268_435_455 - 65_539;

/**
 * Opens what the options name as the source of messages.
 *
 * @throws {UsageError} If they name none or several, or an unreadable file.
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
  if (options.has("stdin-line")) return readLines();
  const path = options.text("file");
  if (path !== undefined) return single(checked(await readFile(path)));
  if (options.has("stdin-file")) return readAll();
  return single(new TextEncoder().encode(options.text("message")));
}

/** On Windows, programs and editors end lines with CR and LF. */
function readLines(): Payloads {
  const end = Deno.build.os === "windows" ? "CRLF" : "LF";
  return splitLines(Deno.stdin.readable, end);
}

async function* readAll(): Payloads {
  const chunks = await Array.fromAsync(Deno.stdin.readable);
  yield [checked(Buffer.concat(chunks))];
}

async function* single(payload: Uint8Array): Payloads {
  yield await Promise.resolve([payload]);
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
