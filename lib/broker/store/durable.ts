import { Commits } from "./commits.ts";
import { openDatabase } from "./database.ts";
import { createRecords, type Records } from "./records.ts";

/**
 * What makes the broker outlive its end.
 *
 * Nothing that a client is told depends on anything that isn't stored: whatever
 * is written to a client goes out only after all that has happened before has
 * been stored (PUBACK after the message; a message after its id, which a QoS 2
 * client remembers; SUBACK after the subscription).
 */
export interface Durable {
  readonly records: Records;
  readonly commits: Commits;
}

/**
 * Opens a store.
 *
 * @param warn Is told when it can't be written, and when it can again.
 * @throws {BrokerStoreError} If the folder can't be used.
 */
export async function openDurable(
  folder: string,
  warn: (line: string) => void,
): Promise<Durable> {
  const warnOf = (event: string) => warn(`Store "${folder}" ${event}`);
  const database = await openDatabase(folder, warnOf);
  const commits = new Commits(database, warnOf);
  return { records: createRecords(database, commits), commits };
}
