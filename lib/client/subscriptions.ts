import type { ErrorWithSubackPacket, MqttClient } from "mqtt";
import { startTimer } from "./runtime.ts";
import { describeError } from "../describe_error.ts";
import type { FilterRequest, LowerGrant } from "./topic_requests.ts";
import { type RefusedFilter, SubscriptionRefusedError } from "../errors.ts";

/** Seconds after which a connection on which SUBACK is missing is given up. */
const LONGEST_SILENCE = 30;
/** The least code of a refusal. */
const REFUSED = 128;

type Subscriber = MqttClient & {
  report(line: string): void;
  cut(cause: Error): void;
};

/** What the program last asked for a filter. */
interface Wish {
  /** How to subscribe to it; undefined if it is no longer to be subscribed to. */
  request: FilterRequest | undefined;
  /** Whether MQTT.js has still to ask, or to tell the answer. */
  isOwed: boolean;
  /** Whether the broker has granted it, and not forgotten since. */
  isGranted: boolean;
}

/** What is to be subscribed to first, and who is told. */
interface FirstRequests {
  requests: ReadonlyMap<string, FilterRequest>;
  /** Seconds until the caller gives up, if not for ever. */
  timeout: number;
  /** Takes what the broker has granted, at first and when it was asked again. */
  onGranted: (filters: string[]) => void;
  /** Takes what it grants at a lower quality of service; logged unless given. */
  onLowerGrant?: ((grant: LowerGrant) => void) | undefined;
  /** Takes what it refuses at first; later refusals are logged. */
  onRefused: (refusal: RefusedFilter) => void;
}

/**
 * What a client is subscribed to: what its program last asked for, from the
 * beginning or through the client. Each connection whose session doesn't know it
 * is asked for it.
 *
 * A filter a packet: with several in one, MQTT.js lets one refusal drop them all.
 * A connection on which one stays without an answer makes room for the next, as
 * a subscriber that waits for ever would look like a topic without messages.
 */
export class Subscriptions {
  readonly #client: Subscriber;
  readonly #wishes = new Map<string, Wish>();
  readonly #answered = Promise.withResolvers<void>();
  #first: FirstRequests | undefined;
  readonly #toldLower = new Set<string>();
  #hasAnswered = false;

  constructor(client: Subscriber) {
    this.#client = client;
  }

  /** Takes what the first connection is to ask; resolves with the last answer. */
  begin(first: FirstRequests): Promise<void> {
    this.#first = first;
    for (const [filter, request] of first.requests) {
      this.#wishes.set(filter, { request, isOwed: false, isGranted: false });
    }
    return this.#answered.promise;
  }

  /**
   * Notes what the program asks MQTT.js for.
   *
   * @param request How to subscribe to it; nothing, to unsubscribe.
   * @returns Takes the broker's code, or nothing if no answer came.
   */
  note(filter: string, request?: FilterRequest): (code?: number) => void {
    const wish: Wish = { request, isOwed: true, isGranted: false };
    this.#wishes.set(filter, wish);
    return (code) => {
      wish.isOwed = false;
      if (code === undefined || this.#wishes.get(filter) !== wish) return;
      wish.isGranted = request !== undefined && code < REFUSED;
      if (!wish.isGranted) this.#wishes.delete(filter);
    };
  }

  /** Asks a new connection for what its session doesn't know, if it is one. */
  renew(isSessionKept: boolean): void {
    const asked: Promise<void>[] = [];
    for (const [filter, wish] of [...this.#wishes]) {
      if (!isSessionKept) wish.isGranted = false;
      if (wish.isOwed || wish.isGranted) continue;
      if (wish.request) asked.push(this.#ask(filter, wish.request));
      // A session that isn't surely the one that was may be it all the same.
      else if (this.#client.options.clean) this.#wishes.delete(filter);
      else this.#client.unsubscribe(filter);
    }
    if (asked.length === 0) return;
    Promise.all(asked).then(() => this.#tellGranted()).catch((error) =>
      this.#client.report(`onSubscribe failed: ${describeError(error)}`)
    );
  }

  #tellGranted(): void {
    // What the program itself is asking for meanwhile is another matter.
    const wanted = [...this.#wishes].filter(([, wish]) =>
      wish.request && !wish.isOwed
    );
    if (!wanted.every(([, wish]) => wish.isGranted)) return;
    this.#hasAnswered = true;
    this.#answered.resolve();
    if (!this.#client.connected) return;
    this.#first?.onGranted(wanted.map(([filter]) => filter));
  }

  async #ask(filter: string, request: FilterRequest): Promise<void> {
    const timeout = this.#first?.timeout ?? Infinity;
    const timer = startTimer(Math.min(timeout, LONGEST_SILENCE), () => {
      // Until the first answer, a caller who set a time is told when it is over.
      if (!this.#hasAnswered && timeout !== Infinity) return;
      this.#client.cut(unanswered());
    });
    try {
      const [grant] = await this.#client.subscribeAsync(filter, request);
      const { qos: requested } = request;
      const granted = grant?.qos ?? requested;
      this.#tellLower({ filter, requested, granted } as LowerGrant);
    } catch (error) {
      const { packet } = error as Partial<ErrorWithSubackPacket>;
      // Without an answer, the next connection asks again.
      if (packet !== undefined) this.#refuse(filter, packet);
    } finally {
      clearTimeout(timer);
    }
  }

  #tellLower(grant: LowerGrant): void {
    const { filter, requested, granted } = grant;
    if (granted >= requested || this.#toldLower.has(filter)) return;
    this.#toldLower.add(filter);
    if (this.#first?.onLowerGrant === undefined) {
      const risk = granted === 0 ? "be lost" : "come twice";
      return this.#client.report(
        `Broker granted the topic filter "${filter}" at QoS ${granted}, not ` +
          `${requested}: messages may ${risk}`,
      );
    }
    try {
      this.#first.onLowerGrant(grant);
    } catch (error) {
      this.#client.report(`onLowerGrant failed: ${describeError(error)}`);
    }
  }

  #refuse(
    filter: string,
    { granted, properties }: NonNullable<ErrorWithSubackPacket["packet"]>,
  ): void {
    const [code = REFUSED] = granted as number[];
    const { reasonString } = properties ?? {};
    const refusal = { filter, code, reasonString };
    if (this.#first && !this.#hasAnswered) this.#first.onRefused(refusal);
    else this.#client.report(new SubscriptionRefusedError([refusal]).message);
  }
}

/** Says that SUBACK is missing. */
export function unanswered(): Error {
  return new Error("it does not answer SUBSCRIBE");
}
