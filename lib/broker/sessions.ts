import type { Access } from "./access/access.ts";
import { Session, setAlarm } from "./session.ts";
import { Outbox } from "./delivery/outbox.ts";
import type { Router } from "./delivery/router.ts";
import type { Subscription } from "./delivery/subscription.ts";
import type { Limits } from "./limits.ts";
import { quote } from "./log.ts";
import type { Records, StoredSession } from "./store/records.ts";
import { REASON } from "./wire/packets.ts";

/** Who connects, and for how long its session is to last. */
interface Arrival extends
  Pick<
    Session,
    "clientId" | "user" | "expiry" | "will" | "credential" | "client"
  > {
  /** Whether it wants a new session. */
  isClean: boolean;
}

export interface Departure {
  /** Whether its will is to be published. */
  withWill: boolean;
  /** A new number of seconds for its session to last. */
  expiry?: number | undefined;
}

interface SessionsOptions {
  access: Access;
  limits: Limits;
  router: Router;
  log: (line: string) => void;
  /** Where they outlive the broker, with a store. */
  records?: Records | undefined;
}

/** The sessions of all clients, of those who are there and those who are away. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #sessions = new Map<string, Session>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    for (const stored of options.records?.sessions() ?? []) {
      this.#restore(stored);
    }
    for (const { clientId, id } of options.records?.unreleased() ?? []) {
      this.#sessions.get(clientId)?.unreleased.add(id);
    }
  }

  get all(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Whether a client has a session that lasts, or may have one more. */
  hasRoomFor(clientId: string): boolean {
    const { maxSessions } = this.#options.limits;
    if (this.#sessions.size < maxSessions) return true;
    const lasting = this.all.filter(({ expiry }) => expiry > 0);
    return lasting.length < maxSessions ||
      (this.#sessions.get(clientId)?.expiry ?? 0) > 0;
  }

  /**
   * Opens a client's session, in place of whoever had its id (MQTT 5.0 sections
   * 3.1.2.4 and 3.1.4).
   */
  open(arrival: Arrival): { session: Session; isPresent: boolean } {
    const { clientId, user, isClean, expiry, will } = arrival;
    let session = this.#sessions.get(clientId);
    session?.client?.end(
      REASON.SESSION_TAKEN_OVER,
      "Another client has connected with this client id",
    );
    // That may have ended it.
    session = this.#sessions.get(clientId);
    const isPresent = session !== undefined && !isClean &&
      session.user === user;
    if (session !== undefined && !isPresent) this.end(session);
    if (session === undefined || !isPresent) {
      // One that isn't to last now never will: it ends with its connection.
      const isLasting = expiry > 0 ? this.#options.records : undefined;
      const record = isLasting?.addSession(clientId, user);
      session = this.#create({ clientId, user, record });
    }
    session.stopAlarms();
    session.client = arrival.client;
    session.credential = arrival.credential;
    session.will = will;
    session.expiry = expiry;
    session.record?.setExpiry(expiry, undefined);
    if (will !== undefined && will.delay > 0) {
      session.record?.setWill(will, undefined);
    } else if (isPresent) {
      session.record?.clearWill();
    }
    return { session, isPresent };
  }

  leave(session: Session, { withWill, expiry }: Departure): void {
    session.client = undefined;
    session.outbox.detach();
    if (expiry !== undefined) session.expiry = expiry;
    for (const subscription of session.subscriptions.values()) {
      if (subscription.group !== undefined) {
        this.#options.router.handOver(subscription);
      }
    }
    if (!withWill) session.will = undefined;
    if (session.expiry === 0) return this.end(session);
    this.#await(session, Date.now());
  }

  /** Subscribes a client to a filter, in place of the same one before. */
  subscribe(subscription: Omit<Subscription, "subscriber">, session: Session) {
    const { filter } = subscription;
    const own = { ...subscription, subscriber: session };
    this.#options.router.add(own, session.subscriptions.get(filter));
    session.subscriptions.set(filter, own);
    session.record?.subscribe(subscription);
  }

  /** @returns Whether there was such a subscription. */
  unsubscribe(filter: string, session: Session): boolean {
    const subscription = session.subscriptions.get(filter);
    if (subscription === undefined) return false;
    session.subscriptions.delete(filter);
    this.#options.router.remove(subscription);
    session.record?.unsubscribe(filter);
    return true;
  }

  /** Ends a session, with all that waits in it. */
  end(session: Session): void {
    session.stopAlarms();
    if (this.#sessions.get(session.clientId) === session) {
      this.#sessions.delete(session.clientId);
    }
    for (const filter of [...session.subscriptions.keys()]) {
      this.unsubscribe(filter, session);
    }
    session.outbox.discard();
    session.record?.remove();
    session.record = undefined;
    this.#publishWill(session);
  }

  /**
   * Looks again who may do what: users or rules have changed. A client whose
   * password isn't the same any more is cut.
   */
  reviewRights(): void {
    const { access, router } = this.#options;
    for (const session of this.all) {
      const { clientId, user, client, credential, outbox } = session;
      session.rights = access.rightsOf(user, clientId);
      outbox.retainAllowed(session.rights.mayReceive);
      if (access.credentialOf(user) === credential) continue;
      client?.end(
        REASON.ADMINISTRATIVE_ACTION,
        "The user's password has changed, or the user is gone",
      );
    }
    router.forgetRoutes();
  }

  /** Gives up waiting for the ends of sessions and for wills. */
  close(): void {
    for (const session of this.all) session.stopAlarms();
  }

  #create(
    { clientId, user, record, deliveries }:
      & Pick<Session, "clientId" | "user" | "record">
      & Partial<Pick<StoredSession, "deliveries">>,
  ): Session {
    const { access, limits } = this.#options;
    const log = (event: string) =>
      this.#options.log(`Client ${quote(clientId)} ${event}`);
    const rights = access.rightsOf(user, clientId);
    const outbox = new Outbox({ log, limits, record, deliveries });
    const session = new Session({ clientId, user, rights, outbox, record });
    this.#sessions.set(clientId, session);
    return session;
  }

  #restore(stored: StoredSession): void {
    const { expiry, will } = stored;
    const session = this.#create(stored);
    session.expiry = expiry;
    session.will = will?.will;
    for (const subscription of stored.subscriptions) {
      // The rules may have changed meanwhile.
      if (!session.rights.maySubscribe(subscription.levels.join("/"))) continue;
      const own = { ...subscription, subscriber: session };
      session.subscriptions.set(subscription.filter, own);
      this.#options.router.add(own);
    }
    session.outbox.retainAllowed(session.rights.mayReceive);
    // A client that was there when the broker was killed has gone with it.
    this.#await(session, stored.goneAt ?? Date.now(), will?.due);
  }

  /** Waits for a client to come back, for its will, and for its session's end. */
  #await(session: Session, goneAt: number, due?: number): void {
    const { expiry, will, record } = session;
    record?.setExpiry(expiry, goneAt);
    session.alarms.end = setAlarm(
      goneAt + expiry * 1_000,
      () => this.end(session),
    );
    if (will === undefined) return;
    if (will.delay === 0) return this.#publishWill(session);
    const time = due ?? goneAt + will.delay * 1_000;
    record?.setWill(will, time);
    session.alarms.will = setAlarm(time, () => this.#publishWill(session));
  }

  #publishWill(session: Session): void {
    const { will, clientId, record } = session;
    session.will = undefined;
    if (will === undefined) return;
    record?.clearWill();
    const { topic } = will.message;
    if (session.mayPublish(topic.text)) {
      const expiresAt = Date.now() + will.expiry * 1_000;
      this.#options.router.publish({ ...will.message, expiresAt }, {
        subscriber: session,
      });
    } else {
      this.#options.log(
        `Client ${quote(clientId)} may not publish on ${
          quote(topic.text)
        }: will dropped`,
      );
    }
  }
}
