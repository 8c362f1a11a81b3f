import type { Limits } from "./limits.ts";
import { quote } from "./log.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { readSubscribe, RequestedSubscription } from "./wire/decode.ts";
import { REASON } from "./wire/reason.ts";

/** What a SUBSCRIBE packet has brought. */
interface Grant {
  /** SUBACK's codes. */
  codes: Uint8Array;
  /** The filters whose retained messages are to be sent. */
  wanted: RequestedSubscription[];
  isForbidden: boolean;
}

/** Subscribes a client to what it may read, and logs the rest. */
export function subscribe(
  { subscriptions: requested, surplus, identifier }: ReturnType<
    typeof readSubscribe
  >,
  session: Session,
  { limits, log, sessions }: {
    limits: Limits;
    log: (line: string) => void;
    sessions: Sessions;
  },
): Grant {
  const { subscriptions } = session;
  const codes = new Uint8Array(requested.length + surplus);
  codes.fill(REASON.QUOTA_EXCEEDED, requested.length);
  const forbidden: string[] = [];
  const wanted: RequestedSubscription[] = [];
  for (const [index, subscription] of requested.entries()) {
    const { filter, levels, group, qos, retainHandling } = subscription;
    const isNew = !subscriptions.has(filter);
    if (!session.rights.maySubscribe(levels.join("/"))) {
      forbidden.push(filter);
      codes[index] = REASON.NOT_AUTHORIZED;
      continue;
    }
    if (isNew && subscriptions.size >= limits.maxSubscriptions) {
      codes[index] = REASON.QUOTA_EXCEEDED;
      continue;
    }
    codes[index] = qos;
    sessions.subscribe({ ...subscription, identifier }, session);
    const wantsRetained = retainHandling === 0 ||
      (retainHandling === 1 && isNew);
    if (group === undefined && wantsRetained) wanted.push(subscription);
  }
  const who = `Client ${quote(session.clientId)}`;
  if (forbidden.length > 0) {
    const more = forbidden.length - 1;
    const others = more === 0 ? "" : ` and ${more} more`;
    log(`${who} may not subscribe to ${quote(forbidden[0]!)}${others}`);
  }
  const excess = codes.filter((code) => code === REASON.QUOTA_EXCEEDED);
  if (excess.length > 0) {
    log(
      `${who} is refused ${excess.length} subscriptions (maxSubscriptions is ${limits.maxSubscriptions})`,
    );
  }
  return { codes, wanted, isForbidden: forbidden.length > 0 };
}
