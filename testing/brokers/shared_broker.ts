/**
 * The broker that the tests of a run share: the one that the variable
 * `WORKBOOK_BROKER` names, such as a cluster. Tests to which any broker will do then
 * talk to it, one after the other, but for those that need what it lacks:
 * `WORKBOOK_BROKER_LACKS` is a list in JSON of features in `cluster/README.md`.
 *
 * @module
 */
import { openBroker } from "./embedded_broker.ts";

/** A broker, which ends with the test if it is the test's own. */
interface AnyBroker extends AsyncDisposable {
  readonly url: string;
}

/** The address of the one that is shared, if the run has one. */
export function sharedBrokerUrl(): string | undefined {
  return Deno.env.get("WORKBOOK_BROKER") || undefined;
}

/** What the names of the tests have in them that talk to a shared broker. */
export const ON_SHARED_BROKER = " on the shared broker";

/** Says in a test's name that it talks to the shared broker, if there is one. */
export function onSharedBroker(name: string): string {
  return sharedBrokerUrl() === undefined ? name : `${name}${ON_SHARED_BROKER}`;
}

/** The first of some features that the shared broker lacks. */
export function findLacking(needs: readonly string[]): string | undefined {
  const lacking: string[] = JSON.parse(
    Deno.env.get("WORKBOOK_BROKER_LACKS") || "[]",
  );
  return needs.find((feature) => lacking.includes(feature));
}

/** Gives the one that is shared, or else starts an embedded one. */
export async function anyBroker(): Promise<AnyBroker> {
  const url = sharedBrokerUrl();
  if (url === undefined) return await openBroker();
  return { url, [Symbol.asyncDispose]: async () => {} };
}
