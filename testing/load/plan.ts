/**
 * Which client does what under load.
 *
 * @module
 */
import { Random } from "../../workbook/checking/random.ts";

/** How much load. */
export interface LoadSize {
  /** How many clients, each of which publishes once a second. */
  clients: number;
  /** For how long they publish. */
  seconds: number;
  /** What chance begins with. */
  seed: number;
}

/** A client's part. */
export interface ClientPlan {
  /** Its number, which its topic ends with. */
  number: number;
  /** The tenth of all clients that it belongs to, 0 to 9. */
  tenth: number;
  /** Whether it is subscribed to everything that its tenth publishes. */
  isSubscribed: boolean;
  /** How far into each second it publishes, in milliseconds. */
  phase: number;
  /** Whether it is among those that are cut at once. */
  isCut: boolean;
}

const TENTHS = 10;
const ALL_SUBSCRIBED = 0.1;
const ALL_CUT = 0.2;
/** A message should have more receivers than one, also in a small test. */
const LEAST_SUBSCRIBED = 2;

/**
 * Gives each client its part: a tenth of each tenth is subscribed, and a fifth
 * of all is cut, whoever that is.
 */
export function planClients(
  { clients, seed }: Pick<LoadSize, "clients" | "seed">,
): ClientPlan[] {
  const random = new Random(seed);
  const numbers = Array.from({ length: clients }, (_, number) => number);
  const cut = new Set(
    random.shuffle(numbers).slice(0, Math.round(clients * ALL_CUT)),
  );
  const subscribed = TENTHS * Math.max(
    LEAST_SUBSCRIBED,
    Math.round(clients * ALL_SUBSCRIBED / TENTHS),
  );
  return numbers.map((number) => ({
    number,
    tenth: number % TENTHS,
    isSubscribed: number < subscribed,
    phase: random.next() * 1000,
    isCut: cut.has(number),
  }));
}

/** What a process has open besides its clients' sockets, generously. */
const BESIDES = 64;

/**
 * Makes sure that a process may hold so many connections: each is a file to the
 * system.
 *
 * @throws {Error} If the system doesn't allow them; the message has the command
 *   that does.
 */
export async function assertOpenFiles(connections: number): Promise<void> {
  if (Deno.build.os === "windows") return; // There is no such limit.
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", "ulimit -n"],
  }).output();
  const limit = new TextDecoder().decode(stdout).trim();
  const wanted = connections + BESIDES;
  // "unlimited" is no number.
  if (!(Number(limit) < wanted)) return;
  throw new Error(
    `Only ${limit} files may be open at once, and ${wanted} are needed: run "ulimit -n ${wanted}" first`,
  );
}
