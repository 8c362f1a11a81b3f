import { X509Certificate } from "node:crypto";
import {
  assertKeyPair,
  type KeyPair,
} from "../../lib/broker/listen/key_pair.ts";
import type { BrokerOptions } from "../../lib/mod.ts";
import { readFile } from "../options/input_file.ts";
import {
  type OptionNames,
  type Options,
  UsageError,
} from "../options/program.ts";

/** The broker's options for TLS. */
export const TLS_NAMES = {
  string: ["cert", "key", "tls-port", "secure-websocket-port", "plain-port"],
} satisfies OptionNames;

/** What `--help` says about them. */
export const TLS_HELP = `
  --cert FILE           listen with TLS instead, with this certificate in PEM,
                        followed by those of its chain; needs --key
  --key FILE            the certificate's key in PEM, without a passphrase
  --tls-port N          the port for TLS (8883; 0 for any free one)
  --secure-websocket-port N
                        listen for MQTT over WebSocket with TLS, too
  --plain-port N        with --cert, listen without TLS, too, where passwords
                        can be read on their way; without --cert, it is --port
`.trim();

/**
 * Reads the options for TLS and for the port without it, with what clients will
 * complain of.
 *
 * @returns What `startBroker` takes, and a warning of the certificate.
 * @throws {UsageError} If one lacks another or excludes it, or a file can't be
 *   read.
 * @throws {TypeError} If a file is no certificate or key, or they don't fit.
 */
export async function readTls(
  options: Options,
): Promise<
  Pick<BrokerOptions, "port" | "tls"> & { warning?: string | undefined }
> {
  const range = { least: 0, most: 65535 };
  const plainPort = options.number("port", range);
  const portBesideTls = options.number("plain-port", range);
  const port = options.number("tls-port", range);
  const websocketPort = options.number("secure-websocket-port", range);
  const cert = options.text("cert");
  const key = options.text("key");
  if (cert === undefined && key === undefined) {
    const name = TLS_NAMES.string.find((name) => options.text(name));
    if (name === undefined) return { port: plainPort };
    throw new UsageError(`Option --${name} needs a certificate: --cert, --key`);
  }
  if (cert === undefined) throw new UsageError("Option --key needs --cert");
  if (key === undefined) throw new UsageError("Option --cert needs --key");
  if (plainPort !== undefined) {
    throw new UsageError(
      "Option --port is for a broker without --cert: --tls-port is the port for TLS, and --plain-port one without it",
    );
  }
  const pair = { cert: await read(cert), key: await read(key) };
  const names = { cert: `Certificate "${cert}"`, key: `Key "${key}"` };
  assertKeyPair(pair, names);
  return {
    port: portBesideTls,
    tls: { ...pair, port, websocketPort },
    warning: describeInvalidity(pair, names.cert),
  };
}

async function read(path: string): Promise<string> {
  return new TextDecoder().decode(await readFile(path));
}

/**
 * Says that a certificate's time is over or is still to come, so that clients
 * refuse it.
 *
 * @param name What the sentence calls it.
 * @returns A sentence, or `undefined` if the certificate is valid now.
 */
export function describeInvalidity(
  { cert }: KeyPair,
  name: string,
): string | undefined {
  const { validFrom, validTo } = new X509Certificate(cert);
  const now = Date.now();
  if (now > Date.parse(validTo)) {
    return `${name} has expired on ${day(validTo)}: clients refuse it`;
  }
  if (now < Date.parse(validFrom)) {
    return `${name} is valid only from ${day(validFrom)}: clients refuse it`;
  }
}

function day(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
