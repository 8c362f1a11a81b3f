/**
 * Programs that publish while the network fails.
 *
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  type Client,
  connect,
  type ConnectOptions,
  Publisher,
  PublishError,
  Sensor,
} from "../../lib/mod.ts";
import type { Protocol } from "../clients/clients.ts";
import type { Random } from "../../workbook/checking/random.ts";
import type { MessageLog, Tolerance } from "./message_log.ts";
import { connectOptions, LARGEST_PACKET, ROOT } from "./settings.ts";

/** What producers share. */
export interface Production {
  url: string;
  protocol: Protocol;
  messageLog: MessageLog;
  random: Random;
  log: (line: string) => void;
  /** Aborts when no more is to be published. */
  signal: AbortSignal;
  /** The clients of all producers that are open. */
  clients: Set<Client>;
  /** Whether the broker has lost its sessions so far. */
  hasForgotten: () => boolean;
  /** Called for each message that the broker won't take. */
  onRefused: () => void;
}

const LONGEST_PAYLOAD = 1500;
const LONGEST_PAUSE = 12;
const LARGEST_BATCH = 4;
const POLL_INTERVAL = 50;
const THREE_CUTS =
  "the broker closed the connection three times when it was sent";

function optionsOf(
  { log, protocol }: Production,
  name: string,
  isKept: boolean,
): ConnectOptions {
  return {
    ...connectOptions(protocol, isKept ? name : undefined),
    log: (line) => log(`${name}: ${line}`),
  };
}

/** A message that a CSV recorder takes, of a length of chance. */
function payloadOf(id: number, random: Random): string {
  return String(id).padEnd(random.integer(1, LONGEST_PAYLOAD));
}

function publish(
  publisher: Publisher,
  { name, tolerance, production: { messageLog, random }, isTooLarge = false }: {
    name: string;
    tolerance: Tolerance;
    production: Production;
    isTooLarge?: boolean;
  },
): void {
  const qos = random.pick([1, 2] as const);
  const id = messageLog.newId();
  const payload = isTooLarge
    ? String(id).padEnd(LARGEST_PACKET)
    : payloadOf(id, random);
  messageLog.publish(id, { by: name, qos, tolerance });
  publisher.publish(`${ROOT}/${name}`, payload, { qos }).then(
    () => messageLog.confirm(id),
    (error) => messageLog.reject(id, error),
  );
}

/** A producer that publishes until it is told to end. */
export interface Producer {
  /** The client behind it, to look at its listeners. */
  client: Client;
  /** Publishes no more, and waits until everything is settled. */
  finish(): Promise<void>;
  /** Ends the connection. */
  close(): Promise<void>;
}

/**
 * What may be rejected: at QoS 2 what was in flight when a session was lost, which
 * a clean one is with each connection, or may have been; and what was sent three
 * times when a connection ended, as nobody knows who has ended it.
 */
function toleranceOf(production: Production, isKept: boolean): Tolerance {
  return (error, qos) => {
    if (!(error instanceof PublishError && error.mayHaveArrived)) return false;
    if (error.message.endsWith(THREE_CUTS)) return true;
    return qos === 2 && (!isKept || production.hasForgotten() ||
      error.message.endsWith("the broker may have forgotten the session"));
  };
}

/**
 * A `Publisher` over one connection, which now and then publishes a message that
 * the broker doesn't take, if it is given how often: that one must be rejected, and
 * those around it must arrive.
 */
export async function startPublisher(
  production: Production,
  name: string,
  { isKept, refused = 0 }: { isKept: boolean; refused?: number },
): Promise<Producer> {
  const { url, random, signal } = production;
  const publisher = await Publisher.connect(
    url,
    optionsOf(production, name, isKept),
  );
  production.clients.add(publisher.client);
  const tolerance = toleranceOf(production, isKept);
  const publishing = (async () => {
    while (!signal.aborted) {
      for (let left = random.integer(1, LARGEST_BATCH); left > 0; left--) {
        await publisher.ready;
        publish(publisher, { name, tolerance, production });
      }
      if (random.next() < refused) {
        production.onRefused();
        publish(publisher, {
          name,
          tolerance: (error) => error instanceof PublishError,
          production,
          isTooLarge: true,
        });
      }
      await pause(random.integer(0, LONGEST_PAUSE));
    }
  })();
  return {
    client: publisher.client,
    async finish() {
      await publishing;
      // The message log knows what failed.
      await publisher.flush().catch(ignoreFailures);
    },
    close: () => publisher.close().catch(ignoreFailures),
  };
}

/**
 * One `Publisher` after the other, each closed in haste: what is not confirmed in
 * time must be rejected by then.
 */
export async function publishAndClose(production: Production): Promise<void> {
  const { url, clients, messageLog, random, signal } = production;
  const name = "closing";
  while (!signal.aborted) {
    const options = { ...optionsOf(production, name, false), timeout: 1 };
    const publisher = await Publisher.connect(url, options).catch(() => {});
    if (publisher === undefined) continue;
    clients.add(publisher.client);
    for (let left = random.integer(1, 40); left > 0; left--) {
      publish(publisher, { name, tolerance: () => true, production });
    }
    await publisher.close({ timeout: random.next() }).catch(ignoreFailures);
    // The callbacks of promises that are settled run before this.
    await pause(0);
    if (messageLog.pendingOf(name) > 0) {
      messageLog.note("Pending: promises that close() has not settled");
    }
    clients.delete(publisher.client);
    await pause(random.integer(50, 300));
  }
}

/** Two `Sensor`s on one connection, whose readings are the numbers of messages. */
export async function startSensors(production: Production): Promise<Producer> {
  const { url, messageLog } = production;
  const client = await connect(
    url,
    optionsOf(production, "sensors", true),
  );
  production.clients.add(client);
  // A sensor tells nobody what became of a reading: the client does.
  const publish = client.publish.bind(client) as Publish;
  const watched: Publish = (topic, payload, options, callback) =>
    publish(topic, payload, options, (error, packet) => {
      if (error) messageLog.reject(Number(payload), error);
      else messageLog.confirm(Number(payload));
      callback(error, packet);
    });
  client.publish = watched as typeof client.publish;
  const sensors = ([1, 2] as const).map((qos) => {
    const by = `sensor${qos}`;
    const tolerance = toleranceOf(production, true);
    return new Sensor(0.02, [0, 1], `${ROOT}/${by}`, {
      client,
      qos,
      log: production.log,
      read: () => messageLog.newId(),
      onValue: (id) => messageLog.publish(Number(id), { by, qos, tolerance }),
    });
  });
  for (const sensor of sensors) await sensor.start();
  return {
    client,
    async finish() {
      await Promise.all(sensors.map((sensor) => sensor.stop()));
      // They don't wait for a connection that is lost, but it comes back.
      const names = ["sensor1", "sensor2"];
      const isPending = () =>
        names.some((name) => messageLog.pendingOf(name) > 0);
      while (isPending() && !client.disconnecting) await pause(POLL_INTERVAL);
    },
    close: () => client.close(),
  };
}

type Publish = (
  topic: string,
  payload: string,
  options: object,
  callback: (error?: Error, packet?: unknown) => void,
) => void;

function ignoreFailures(error: unknown): void {
  if (!(error instanceof AggregateError)) throw error;
}
