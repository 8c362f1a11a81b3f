import { delimiter, join } from "node:path";

/** A broker, written by others, that runs as several nodes. */
export type Engine = "nats" | "rabbitmq";

/** What there is to know of an engine before it is started. */
interface EngineInfo {
  /** What people call it. */
  label: string;
  /** Its programs: the one that each node is, and what that needs besides. */
  programs: readonly [string, ...string[]];
  /** Where to look before the PATH. */
  folders?: readonly string[];
  /** How it is installed. */
  advice: string;
}

/** The engines, by their names on the command line. */
export const ENGINES: Readonly<Record<Engine, EngineInfo>> = {
  nats: {
    label: "NATS",
    programs: ["nats-server"],
    advice:
      'it is installed by "apt install nats-server" on Debian, by "brew install nats-server" on macOS, and from nats.io/download elsewhere',
  },
  rabbitmq: {
    label: "RabbitMQ",
    programs: ["rabbitmq-server", "epmd"],
    // Debian's script on the PATH insists on another user.
    folders: ["/usr/lib/rabbitmq/bin"],
    advice:
      'it is installed by "apt install rabbitmq-server" on Debian, and by "brew install rabbitmq" on macOS',
  },
};

/** Where Debian has servers, which is on root's PATH alone. */
const SERVERS = "/usr/sbin";

/**
 * Why an engine can't be started on this computer.
 *
 * @returns What is missing and how it is installed; undefined if all is there.
 */
export function missingEngine(engine: Engine): string | undefined {
  const { label, programs, advice } = ENGINES[engine];
  if (engine === "rabbitmq" && Deno.build.os === "windows") {
    return `${label} can't be started on Windows here: take nats`;
  }
  const missing = programs.find((name) => findProgram(engine, name) === "");
  return missing && `Program "${missing}" is missing: ${advice}`;
}

/** The files of an engine's programs, in their order; none where one is missing. */
export function findPrograms(engine: Engine): string[] {
  if (missingEngine(engine) !== undefined) return [];
  return ENGINES[engine].programs.map((name) => findProgram(engine, name));
}

function findProgram(engine: Engine, name: string): string {
  const { folders = [] } = ENGINES[engine];
  const path = (Deno.env.get("PATH") ?? "").split(delimiter).filter(Boolean);
  const file = Deno.build.os === "windows" ? `${name}.exe` : name;
  return [...folders, ...path, SERVERS]
    .map((folder) => join(folder, file)).find(isFile) ?? "";
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
