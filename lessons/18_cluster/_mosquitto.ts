/**
 * mosquitto, started the way a system starts it: with a file that configures it.
 *
 * @module
 */
import { connect, type ConnectOptions } from "../../lib/mod.ts";

/** Debian has it where an ordinary user's PATH doesn't look. */
const COMMANDS = ["mosquitto", "/usr/sbin/mosquitto"];

/** A broker on this computer. Disposing of it stops it. */
interface Mosquitto extends AsyncDisposable {
  /** Where clients find it. */
  url: string;
  /** The same as mosquitto's option `address` has it. */
  address: string;
  /** Stops it, as the system does. */
  stop(): Promise<void>;
  /** Starts it again, and waits until it takes connections. */
  start(): Promise<void>;
}

/**
 * Starts mosquitto on a free port, with a new folder below `dist` for what it
 * keeps. Where it isn't installed, says so and ends the program.
 *
 * @param name What the folder is called.
 * @param lines More of its configuration.
 * @returns The broker, which takes connections.
 */
export async function startMosquitto(
  name: string,
  lines: string[] = [],
): Promise<Mosquitto> {
  const folder = `dist/${name}`;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const port = freePort();
  const text = [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous true",
    "set_tcp_nodelay true",
    "persistence true",
    `persistence_location ${folder}/`,
    // Started by root, it would become a user who can't write there.
    "user root",
    ...lines,
    "",
  ].join("\n");
  await Deno.writeTextFile(`${folder}/mosquitto.conf`, text);

  const address = `127.0.0.1:${port}`;
  const url = `mqtt://${address}`;
  let child: Deno.ChildProcess | undefined;
  async function start() {
    child = spawn(["-c", `${folder}/mosquitto.conf`]);
    const options: ConnectOptions = { retryDelay: [0.05, 0.1], log: () => {} };
    const client = await connect(url, options);
    await client.close();
  }
  async function stop() {
    child?.kill("SIGTERM");
    await child?.status;
    child = undefined;
  }
  await start();
  return { url, address, start, stop, [Symbol.asyncDispose]: stop };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function spawn(args: string[]): Deno.ChildProcess {
  for (const command of COMMANDS) {
    try {
      return new Deno.Command(command, {
        args,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  // Nothing is broken: many machines have no mosquitto. So the exit code is 0.
  console.error("There is no mosquitto here: it is a package of that name");
  Deno.exit(0);
}
