/**
 * Sessions of MQTT 5 and messages that say much of themselves, for tests of what
 * stays with them.
 *
 * @module
 */
import {
  type Connect5Fields,
  disconnect5,
  publish5,
  TYPE5,
  type Will5,
} from "./packets5.ts";
import { PROPERTY, type Property } from "./properties5.ts";
import { NEVER_EXPIRES } from "./clients.ts";
import {
  type Connected5,
  connectRaw5,
  openRaw5,
  type Packet5,
  type RawClient5,
} from "./raw_client5.ts";

/** What a message says of itself. */
export const ABOUT: Property[] = [
  [PROPERTY.payloadFormatIndicator, 1],
  [PROPERTY.contentType, "text/plain"],
  [PROPERTY.responseTopic, "answers/1"],
  [PROPERTY.correlationData, new TextEncoder().encode("question 1")],
  [PROPERTY.userProperty, ["unit", "°C"]],
  [PROPERTY.userProperty, ["room", "a"]],
  [PROPERTY.userProperty, ["unit", "°F"]],
];

/** Connects to a session that lives on for so many seconds. */
export function openSession5(
  broker: { port: number },
  clientId: string,
  { expiry = NEVER_EXPIRES, will }: { expiry?: number; will?: Will5 } = {},
): Promise<Connected5> {
  return connectRaw5(broker, {
    clientId,
    cleanStart: false,
    properties: [[PROPERTY.sessionExpiryInterval, expiry]],
    ...will !== undefined && { will },
  });
}

/** Makes a session that subscribes to filters, and whose client is away. */
export async function leaveSession5(
  broker: { port: number },
  clientId: string,
  filters: Record<string, number>,
): Promise<void> {
  await using client = await openSession5(broker, clientId);
  await client.subscribe(filters);
  await client.send(disconnect5());
  // The broker has done with it once it closes.
  await client.end();
}

/** Publishes a message that says its topic, at QoS 1, from a client of its own. */
export async function publishOnce5(
  broker: { port: number },
  topic: string,
  { properties = [], retain = false }: {
    properties?: Property[];
    retain?: boolean;
  } = {},
): Promise<void> {
  await using client = await connectRaw5(broker);
  const message = {
    topic,
    payload: topic,
    qos: 1,
    retain,
    properties,
  } as const;
  await client.ask(TYPE5.PUBACK, publish5(message));
  await client.send(disconnect5());
}

/**
 * The properties of a message without those of its way, in the order of their
 * identifiers: only those of the user have an order (section 3.3.2.3.7).
 */
export function aboutOf({ properties }: Packet5): Property[] {
  const ofItsWay: number[] = [
    PROPERTY.messageExpiryInterval,
    PROPERTY.subscriptionIdentifier,
  ];
  return properties.filter(([identifier]) => !ofItsWay.includes(identifier))
    .toSorted(([one], [other]) => one - other);
}

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
