/**
 * The embedded broker, for other terminals and other machines.
 *
 * @module
 */
import { startBroker, StopSignal } from "../../lib/mod.ts";
import {
  describeReach,
  LIMIT_HELP,
  LIMIT_OPTIONS,
  readLimitOptions,
  readTls,
  TLS_HELP,
  TLS_NAMES,
} from "../broker/broker_options.ts";
import { HangupSignal } from "../broker/hangup_signal.ts";
import { type Options, runProgram, UsageError } from "../options/program.ts";

const HELP = `
Runs an MQTT broker (3.1, 3.1.1 and 5.0) until Ctrl-C.

Usage: deno task broker [--host H] [--port N] [--websocket-port N]
                        [--cert FILE --key FILE [--tls-port N]
                         [--secure-websocket-port N] [--plain-port N]]
                        [--password-file F] [--user NAME:PASSWORD]...
                        [--acl-file F] [--origin URL]... [--store DIR]
                        [--verbose] [LIMITS]

  --host H              listen on this address (127.0.0.1: this machine only;
                        0.0.0.0: every network that it is on)
  --port N              listen on this port (1883; 0 for any free one), without
                        TLS; not with --cert
  --websocket-port N    listen for MQTT over WebSocket, too, without TLS
  ${TLS_HELP}
  --password-file F     let in only the users of this file, which
                        deno task broker:passwd writes
  --user NAME:PASSWORD  let in this user, too; may be repeated. Others on this
                        machine can see the password
  --acl-file F          allow only what this file says, written as for mosquitto
  --origin URL          let in web pages from there, too, such as
                        https://school.example (*: from anywhere); those from
                        the address that they connect to are always let in
  --store DIR           keep sessions and retained messages in this folder: they
                        outlive the broker, even if it is killed
  --verbose             print who connects, and what goes wrong

Both files are read again as soon as they have changed, and at a SIGHUP. What
they say then holds for who is connected, too.
${LIMIT_HELP}`;

export const program = await runProgram({
  help: HELP,
  names: {
    string: [
      "host",
      "port",
      "websocket-port",
      ...TLS_NAMES.string,
      "password-file",
      "acl-file",
      "store",
      ...LIMIT_OPTIONS,
    ],
    collect: ["user", "origin"],
    boolean: ["verbose"],
  },
  main,
}, import.meta.main);

async function main(options: Options): Promise<void> {
  const range = { least: 0, most: 65535 };
  const host = options.text("host");
  const { port, tls, warning } = await readTls(options);
  using hangup = new HangupSignal();
  using stop = new StopSignal(hangup.terminalLost);
  await using broker = await startBroker({
    host,
    port,
    websocketPort: options.number("websocket-port", range),
    tls,
    users: Object.fromEntries(options.texts("user").map(readUser)),
    passwordFile: options.text("password-file"),
    aclFile: options.text("acl-file"),
    origins: options.texts("origin"),
    store: options.text("store"),
    limits: readLimitOptions(options),
    warn: (line) => console.error(line),
    ...(options.has("verbose") && { log: (line) => console.error(line) }),
  });
  hangup.onReload = broker.reloadAccess;
  if (options.texts("user").length > 0) {
    console.error(
      "Others on this machine can see the password of --user: deno task broker:passwd writes a file for --password-file",
    );
  }
  // Without a plain port, the first is that of TLS.
  const urls = new Set([
    broker.url,
    broker.websocketUrl,
    broker.tlsUrl,
    broker.secureWebsocketUrl,
  ].filter(Boolean));
  console.error(`Broker at ${[...urls].join(" and ")}: Ctrl-C ends`);
  const reach = describeReach(broker.url, host);
  if (reach !== undefined) console.error(reach);
  if (warning !== undefined) console.error(warning);
  await stop.requested;
}

function readUser(text: string): [name: string, password: string] {
  const colon = text.indexOf(":");
  if (colon > 0) return [text.slice(0, colon), text.slice(colon + 1)];
  // What has been given may be a password.
  throw new UsageError("Option --user lacks a part: it must be NAME:PASSWORD");
}
