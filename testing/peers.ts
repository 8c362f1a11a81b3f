/**
 * The real programs that tests talk to, where they are installed.
 *
 * @module
 */

/** A program, written by others, that a test can talk to. */
export type Peer = keyof typeof PEERS;

interface Requirement {
  /** Arguments that make the command end at once if all is there. */
  probe: string[];
  /** The Debian package that brings it. */
  package: string;
  /** Where to look, best first, if not for its name on the PATH. */
  commands?: string[];
}

/** mosquitto's programs end `--help` with 1 or 0, depending on the version. */
const PEERS = {
  mosquitto: {
    probe: ["-h"],
    package: "mosquitto",
    commands: ["mosquitto", "/usr/sbin/mosquitto"],
  },
  mosquitto_passwd: { probe: ["--help"], package: "mosquitto" },
  mosquitto_pub: { probe: ["--help"], package: "mosquitto-clients" },
  mosquitto_sub: { probe: ["--help"], package: "mosquitto-clients" },
  paho: {
    probe: ["-c", "import paho.mqtt.client"],
    package: "python3-paho-mqtt",
    // Debian's Python comes first: another one on the PATH may lack the module.
    commands: ["/usr/bin/python3", "python3", "python"],
  },
  pigpio: {
    probe: ["-c", "import pigpio"],
    package: "python3-pigpio",
    commands: ["/usr/bin/python3"],
  },
  // util-linux's, which runs a command in a terminal; others take other flags.
  script: { probe: ["--version"], package: "bsdutils" },
  tmux: { probe: ["-V"], package: "tmux" },
  dbus_run_session: {
    probe: ["--version"],
    package: "dbus",
    commands: ["dbus-run-session"],
  },
  gdbus: { probe: ["help"], package: "libglib2.0-bin" },
  dpkg: { probe: ["--version"], package: "dpkg" },
  chromium: { probe: ["--version"], package: "chromium" },
  nats_server: {
    probe: ["--version"],
    package: "nats-server",
    commands: ["nats-server", "/usr/sbin/nats-server"],
  },
} satisfies Record<string, Requirement>;

const MUST_SUCCEED: ReadonlySet<Peer> = new Set<Peer>([
  "paho",
  "pigpio",
  "script",
]);

const found = new Map<Peer, string | undefined>();

/**
 * Looks for a peer, once per process.
 *
 * @returns The command that starts it (for `paho`, the Python that has it), or
 * `undefined` where it isn't installed.
 */
export function findPeer(peer: Peer): string | undefined {
  if (!found.has(peer)) {
    const { commands = [peer] }: Requirement = PEERS[peer];
    found.set(peer, commands.find((name) => answers(peer, name)));
  }
  return found.get(peer);
}

function answers(peer: Peer, command: string): boolean {
  try {
    const { success } = new Deno.Command(command, {
      args: PEERS[peer].probe,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success || !MUST_SUCCEED.has(peer);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Defines a test that needs real peers. Where one is missing the test is
 * reported as ignored, with the reason in its name; with the environment
 * variable `WORKBOOK_PEERS=required` it fails instead.
 */
export function peerTest<P extends Peer>(
  peers: readonly P[],
  name: string,
  run: (
    commands: Record<P, string>,
    context: Deno.TestContext,
  ) => void | Promise<void>,
): void {
  const missing = peers.filter((peer) => findPeer(peer) === undefined);
  if (missing.length === 0) {
    const commands = Object.fromEntries(
      peers.map((peer) => [peer, findPeer(peer)]),
    ) as Record<P, string>;
    Deno.test(name, (context) => run(commands, context));
    return;
  }
  const packages = new Set(missing.map((peer) => PEERS[peer].package));
  const reason = `needs ${missing.join(", ")}: install the package ${
    [...packages].join(", ")
  }`;
  Deno.test({
    name: `${name} (${reason})`,
    ignore: Deno.env.get("WORKBOOK_PEERS") !== "required",
    fn: () => {
      throw new Error(`WORKBOOK_PEERS is "required", and this test ${reason}`);
    },
  });
}
