/**
 * The embedded broker, for other terminals and other machines.
 *
 * @module
 */
import { startBroker, StopSignal } from "../../lib/mod.ts";
import { type Options, runProgram, UsageError } from "../_program.ts";

const HELP = `
Runs an MQTT 3.1.1 broker until Ctrl-C.

Usage: deno task broker [--host H] [--port N] [--websocket-port N]
                        [--user NAME:PASSWORD]... [--store DIR] [--verbose]

  --host H              listen on this address (127.0.0.1: this machine only;
                        0.0.0.0: every network that it is on)
  --port N              listen on this port (1883; 0 for any free one)
  --websocket-port N    listen for MQTT over WebSocket, too
  --user NAME:PASSWORD  let in only those who are named so; may be repeated
  --store DIR           keep sessions and retained messages in this folder: they
                        outlive the broker, even if it is killed
  --verbose             print who connects, and what goes wrong
`;

await runProgram({
  help: HELP,
  names: {
    string: ["host", "port", "websocket-port", "store"],
    collect: ["user"],
    boolean: ["verbose"],
  },
  main,
});

async function main(options: Options): Promise<void> {
  const range = { least: 0, most: 65535 };
  const host = options.text("host");
  const port = options.number("port", range);
  const websocketPort = options.number("websocket-port", range);
  const store = options.text("store");
  const users = Object.fromEntries(options.texts("user").map(readUser));
  using stop = new StopSignal();
  await using broker = await startBroker({
    users,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(websocketPort !== undefined && { websocketPort }),
    ...(store !== undefined && { store }),
    warn: (line) => console.error(line),
    ...(options.has("verbose") && { log: (line) => console.error(line) }),
  });
  const urls = [broker.url, broker.websocketUrl].filter(Boolean);
  console.error(`Broker at ${urls.join(" and ")}: Ctrl-C ends`);
  if (!isLoopback(host) && options.texts("user").length === 0) {
    console.error(
      "Anyone who can reach this machine may connect: --user lets in only whom you name",
    );
  }
  await stop.requested;
}

function readUser(text: string): [name: string, password: string] {
  const colon = text.indexOf(":");
  if (colon > 0) return [text.slice(0, colon), text.slice(colon + 1)];
  throw new UsageError(`Option --user is "${text}": it must be NAME:PASSWORD`);
}

function isLoopback(host = "127.0.0.1"): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
