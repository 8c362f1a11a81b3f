/**
 * How a broker ends clients that break MQTT 5, many cases at a time.
 *
 * @module
 */

import { type Connect5Fields, TYPE5 } from "./packets5.ts";
import { connectRaw5, openRaw5, type RawClient5 } from "./raw_client5.ts";

/**
 * What became of a client: the reason code of the broker's last packet,
 * `undefined` if it closed without one, or what else happened.
 */
export type Ending = number | string | undefined;

/** The same ending for all cases. */
export function allEnd(cases: Record<string, unknown>, ending: Ending) {
  return Object.fromEntries(Object.keys(cases).map((name) => [name, ending]));
}

/**
 * Sends each packet on a connection of its own, after CONNECT, and tells how
 * the broker ended it.
 */
export function endingsOf(
  broker: { port: number },
  cases: Record<string, Uint8Array | number[]>,
  fields: Connect5Fields = {},
): Promise<Record<string, Ending>> {
  return eachCase(cases, async (packet) => {
    await using client = await connectRaw5(broker, fields);
    await client.send(Uint8Array.from(packet));
    return await client.end();
  });
}

/**
 * Sends each packet as the first of a connection, and tells the reason code of
 * the CONNACK, which the broker must close after if it is an error.
 */
export function refusalsOf(
  broker: { port: number },
  cases: Record<string, Uint8Array | number[]>,
): Promise<Record<string, Ending>> {
  return eachCase(cases, async (packet) => {
    await using client = await openRaw5(broker);
    await client.send(Uint8Array.from(packet));
    return await refusal(client);
  });
}

async function refusal(client: RawClient5): Promise<Ending> {
  const connack = await client.next();
  if (connack === undefined) return undefined;
  if (connack.type !== TYPE5.CONNACK) return `type ${connack.type}`;
  if (connack.sessionPresent !== 0) return "Session present";
  const { reason } = connack;
  if (reason === 0) return reason;
  const more = await client.next();
  return more === undefined ? reason : `${reason} and type ${more.type}`;
}

async function eachCase<Case>(
  cases: Record<string, Case>,
  run: (each: Case) => Promise<Ending>,
): Promise<Record<string, Ending>> {
  const endings: Record<string, Ending> = {};
  for (const [name, each] of Object.entries(cases)) {
    try {
      endings[name] = await run(each);
    } catch (error) {
      // The others shall be seen, too.
      endings[name] = (error as Error).message;
    }
  }
  return endings;
}
