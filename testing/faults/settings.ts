import type { ConnectOptions } from "../../lib/mod.ts";
import { launcherFlags } from "../../workbook/launcher/launcher_flags.ts";
import { keptSession, type Protocol } from "../clients/clients.ts";

/** What publishers publish below, and consumers subscribe to. */
export const ROOT = "soak";
/** The filter for everything that is published. */
export const TOPICS = `${ROOT}/#`;
/** Seconds: short, so that a connection that hangs is noticed. */
const KEEPALIVE = 1;
/** Seconds between two attempts to connect: short, so that a minute has many. */
export const RETRY_DELAY: [shortest: number, longest: number] = [0.05, 0.5];

/** How many bytes a packet may have: more, and the broker closes the connection. */
export const LARGEST_PACKET = 8000;

/** What a soak is to do, given to its process as JSON. */
export interface SoakOptions {
  seed: number;
  minutes: number;
  broker: "mosquitto" | "embedded";
  /** What everybody speaks. */
  protocol: Protocol;
  /** Whether what clients log is printed to standard error. */
  isVerbose: boolean;
}

/** What all clients connect with; a session that is kept needs a name. */
export function connectOptions(
  protocol: Protocol,
  keptAs?: string,
): ConnectOptions {
  return {
    keepalive: KEEPALIVE,
    retryDelay: RETRY_DELAY,
    ...keptAs === undefined
      ? { protocolVersion: protocol }
      : keptSession(keptAs, protocol),
  };
}

/** Flags that make Deno resolve modules as it does for this process. */
export function programFlags(): string[] {
  return ["--no-prompt", ...launcherFlags()];
}

/** What a soak prints before it ends by itself. */
export const LAST_LINE = "All is closed";
