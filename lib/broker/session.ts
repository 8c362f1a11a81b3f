import type { Rights } from "./access/rules.ts";
import type { Will } from "./delivery/message.ts";
import type { Outbox } from "./delivery/outbox.ts";
import type { Subscriber, Subscription } from "./delivery/subscription.ts";
import type { BrokerClient, BrokerConnection } from "./options.ts";
import type { SessionRecord } from "./store/records.ts";

/** The client that a session belongs to, while it is there. */
export interface ConnectedClient extends BrokerConnection {
  /** Ends the connection for a reason (MQTT 5.0 section 3.14.2.1). */
  end(reason: number, text: string): void;
}

/** What the broker alone publishes on, as in mosquitto. */
const RESERVED = /^\$(SYS|share)/;

/** What is known of a client, whether or not it is there. */
export class Session implements Subscriber {
  readonly clientId: string;
  readonly user: string | undefined;
  rights: Rights;
  readonly outbox: Outbox;
  /** By filter, as it came. */
  readonly subscriptions = new Map<string, Subscription>();
  /** Ids of QoS 2 messages from the client that it has yet to release. */
  readonly unreleased = new Set<number>();
  /** How many seconds it outlives its connection; `Infinity` for ever. */
  expiry = 0;
  client: ConnectedClient | undefined;
  /** What stood for the user's password when its client was let in. */
  credential: string | undefined;
  will: Will | undefined;
  /** Where it outlives the broker, with a store. */
  record: SessionRecord | undefined;
  /** Stops waiting for its end, or for its will. */
  readonly alarms = { will: () => {}, end: () => {} };

  constructor(
    { clientId, user, rights, outbox, record }: Pick<
      Session,
      "clientId" | "user" | "rights" | "outbox" | "record"
    >,
  ) {
    this.clientId = clientId;
    this.user = user;
    this.rights = rights;
    this.outbox = outbox;
    this.record = record;
  }

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  /** What is told of it. */
  describe(): BrokerClient {
    const { clientId, user, client, outbox } = this;
    return {
      id: clientId,
      user,
      connection: client && {
        remote: client.remote,
        protocolVersion: client.protocolVersion,
        since: client.since,
      },
      subscriptions: [...this.subscriptions.values()].map((
        { filter, qos },
      ) => ({
        filter,
        qos,
      })),
      inFlight: outbox.inFlight,
      waiting: outbox.waiting,
    };
  }

  mayReceive(topic: string): boolean {
    return this.rights.mayReceive(topic);
  }

  mayPublish(topic: string): boolean {
    return !RESERVED.test(topic) && this.rights.mayPublish(topic);
  }

  /** Waits no more for its end, nor for its will. */
  stopAlarms(): void {
    this.alarms.will();
    this.alarms.end();
  }

  /** Expects the client to release a QoS 2 message. */
  expect(id: number): void {
    this.unreleased.add(id);
    this.record?.expect(id);
  }

  /**
   * The client has released a QoS 2 message.
   *
   * @returns Whether it was known.
   */
  release(id: number): boolean {
    const isKnown = this.unreleased.delete(id);
    if (isKnown) this.record?.release(id);
    return isKnown;
  }
}

/** The longest that a timer can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * Calls back at a time, also at one that is further away than timers reach.
 *
 * @param time In milliseconds since 1970; `Infinity` for never.
 */
export function setAlarm(time: number, callback: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  function wait(): void {
    const left = time - Date.now();
    if (left <= 0) callback();
    else timer = setTimeout(wait, Math.min(left, LONGEST));
  }
  if (time === Infinity) return () => {};
  timer = setTimeout(wait, Math.min(Math.max(time - Date.now(), 0), LONGEST));
  return () => clearTimeout(timer);
}
