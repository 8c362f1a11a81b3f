/**
 * The real mosquitto, for tests.
 *
 * @module
 */

import { findPeer } from "../peers.ts";
import { type Process, startProcess } from "../processes.ts";

/** What a configuration may need to name. */
export interface MosquittoPlace {
  /** The port of the first listener. */
  port: number;
  /** The port for WebSocket, if that was asked for. */
  websocketPort: number | undefined;
  /** A temporary folder that lives as long as the broker; it is writable. */
  directory: string;
}

/** Options of {@linkcode startMosquitto}. */
interface MosquittoOptions {
  /**
   * More lines for mosquitto.conf. They follow the listener for plain TCP, so a
   * listener's settings are for that one. A function can write a password file
   * and the like to `directory` first.
   */
  config?: string | ((place: MosquittoPlace) => string);
  /** The whole of mosquitto.conf, in place of all that would be in it. */
  file?: (place: MosquittoPlace) => string;
  /** Whether to open a second listener, for WebSocket. */
  websocket?: boolean;
  /** A certificate and its key, in PEM: both listeners speak TLS then. */
  tls?: { cert: string; key: string };
}

/** A running mosquitto. */
export interface Mosquitto extends AsyncDisposable {
  /** `mqtt://127.0.0.1:…`, or `mqtts:` with `tls` */
  readonly url: string;
  /** `ws://127.0.0.1:…`, or `wss:`, if `websocket` was asked for. */
  readonly websocketUrl: string | undefined;
  /** `127.0.0.1` */
  readonly host: string;
  /** The port of the first listener; it survives a restart. */
  readonly port: number;
  /** The lines that mosquitto has logged so far, all starts together. */
  log(): string[];
  /** Stops the broker; clients see their connections closed. */
  stop(): Promise<void>;
  /** Kills the broker with SIGKILL, and waits until the system has ended it. */
  kill(): Promise<void>;
  /** Starts the broker again on the same ports, after it was ended. */
  start(): Promise<void>;
}

const HOST = "127.0.0.1";
const READY = " running\n";
const PORT_TAKEN = /Address already in use/;
const ATTEMPTS = 5;

/**
 * Starts mosquitto on free loopback ports, with anonymous clients allowed,
 * Nagle's algorithm off and nothing kept on disk, and waits until it accepts
 * connections.
 *
 * @returns The broker; disposing of it stops it and removes its files.
 */
export async function startMosquitto(
  options: MosquittoOptions = {},
): Promise<Mosquitto> {
  const command = findPeer("mosquitto");
  if (command === undefined) throw new Error("mosquitto is not installed");
  const directory = await Deno.makeTempDir({ prefix: "mosquitto_" });
  const secure = options.tls ? "s" : "";
  // Between finding a free port and using it another program may take it.
  for (let attempt = 1;; attempt++) {
    const port = freePort();
    const websocketPort = options.websocket ? freePort() : undefined;
    const path = `${directory}/mosquitto.conf`;
    try {
      const text = configuration({ port, websocketPort, directory }, options);
      if (options.tls) await writeKeyPair(directory, options.tls);
      await Deno.writeTextFile(path, text);
      const args = options.file ? ["-c", path] : ["-c", path, "-v"];
      let running: Process | undefined = await run(command, args);
      let before = "";
      const end = async (how: (running: Process) => PromiseLike<void>) => {
        if (running === undefined) return;
        await how(running);
        before += running.logged();
        running = undefined;
      };
      return {
        url: `mqtt${secure}://${HOST}:${port}`,
        websocketUrl: websocketPort === undefined
          ? undefined
          : `ws${secure}://${HOST}:${websocketPort}`,
        host: HOST,
        port,
        log() {
          const text = before + (running?.logged() ?? "");
          return text.split("\n").slice(0, -1);
        },
        stop: () => end(stop),
        kill: () => end((running) => running[Symbol.asyncDispose]()),
        async start() {
          running ??= await run(command, args);
        },
        async [Symbol.asyncDispose]() {
          await end(stop);
          await Deno.remove(directory, { recursive: true });
        },
      };
    } catch (error) {
      if (attempt < ATTEMPTS && PORT_TAKEN.test(String(error))) continue;
      await Deno.remove(directory, { recursive: true });
      throw error;
    }
  }
}

function configuration(
  place: MosquittoPlace,
  { config = "", file, tls }: MosquittoOptions,
): string {
  // Started by root, mosquitto becomes another user, who couldn't write to the
  // folder.
  const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;
  const user = isRoot ? ["user root"] : [];
  if (file !== undefined) {
    // Among what it informs of is that it runs.
    return [...user, "log_type information", file(place)].join("\n");
  }
  const { directory, websocketPort } = place;
  const keyPair = tls
    ? [`certfile ${directory}/tls.crt`, `keyfile ${directory}/tls.key`]
    : [];
  const lines = [
    ...user,
    "allow_anonymous true",
    "set_tcp_nodelay true",
    "log_dest stderr",
    "log_timestamp false",
  ];
  if (websocketPort !== undefined) {
    lines.push(`listener ${websocketPort} ${HOST}`, "protocol websockets");
    lines.push(...keyPair);
  }
  lines.push(`listener ${place.port} ${HOST}`, ...keyPair);
  lines.push(typeof config === "function" ? config(place) : config, "");
  return lines.join("\n");
}

async function writeKeyPair(
  directory: string,
  { cert, key }: { cert: string; key: string },
): Promise<void> {
  await Deno.writeTextFile(`${directory}/tls.crt`, cert);
  await Deno.writeTextFile(`${directory}/tls.key`, key, { mode: 0o600 });
}

async function run(command: string, args: string[]): Promise<Process> {
  const running = startProcess(command, args);
  try {
    await running.untilLogged(READY);
  } catch (cause) {
    await running[Symbol.asyncDispose]();
    throw new Error(`mosquitto did not start:\n${running.logged()}`, { cause });
  }
  return running;
}

/**
 * mosquitto forgets a SIGTERM that arrives between its saying that it runs and
 * its main loop, so one signal may not be enough.
 */
async function stop(running: Process): Promise<void> {
  for (let attempt = 1; attempt < 10; attempt++) {
    try {
      running.kill("SIGTERM");
    } catch {
      break; // It has ended by itself.
    }
    if (await running.end(500).then(() => true, () => false)) return;
  }
  await running[Symbol.asyncDispose]();
}

/** A port that nothing listens on, as far as one can know. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  return listener.addr.port;
}
