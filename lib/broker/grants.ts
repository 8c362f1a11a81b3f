import type { Access } from "./access/access.ts";
import type { Sessions } from "./sessions.ts";
import type {
  ConnectFields,
  readSubscribe,
  RequestedSubscription,
} from "./wire/decode.ts";
import { REASON } from "./wire/packets.ts";
import type { Limits } from "./limits.ts";
import { quote } from "./log.ts";
import type { Session } from "./session.ts";

/** Why a client isn't let in: MQTT 5.0's reason code, and its words. */
type Refusal = [reason: number, text: string];

/** Who wants to come in, from where, and whether it is still there. */
interface Candidate {
  fields: ConnectFields;
  clientId: string;
  address: string;
  isGone: () => boolean;
}

const NEVER = 0xffff_ffff;
/** What access says, in the words of MQTT 5.0. */
const REASONS: Readonly<Record<number, Refusal>> = {
  3: [REASON.SERVER_UNAVAILABLE, "too many logins at once"],
  4: [REASON.BAD_USER_NAME_OR_PASSWORD, "bad user name or password"],
  5: [REASON.NOT_AUTHORIZED, "not authorized"],
};

/** Decides whether a client may come in, and for how long its session lasts. */
export async function admit(
  { fields, clientId, address, isGone }: Candidate,
  { access, sessions }: { access: Access; sessions: Sessions },
): Promise<
  | { refusal: Refusal }
  | { refusal?: undefined; expiry: number; credential: string | undefined }
> {
  const { user, password } = fields;
  if (fields.properties.authenticationMethod !== undefined) {
    const text = "no method of authentication but passwords is known here";
    return { refusal: [REASON.BAD_AUTHENTICATION_METHOD, text] };
  }
  const credential = access.credentialOf(user);
  const code = await access.connect({ user, password, address, isGone });
  if (code !== 0) return { refusal: REASONS[code]! };
  // It may have changed while the password was checked.
  if (access.credentialOf(user) !== credential) return { refusal: REASONS[4]! };
  const expiry = expiryOf(fields);
  if (expiry > 0 && !sessions.hasRoomFor(clientId)) {
    const text = "no room for one more session (maxSessions)";
    return { refusal: [REASON.QUOTA_EXCEEDED, text] };
  }
  return { expiry, credential };
}

/** How long a session is to outlive its connection (section 3.1.2.11.2). */
function expiryOf({ version, isClean, properties }: ConnectFields): number {
  if (version < 5) return isClean ? 0 : Infinity;
  return secondsOf(properties.sessionExpiry ?? 0);
}

/** Reads a session expiry, of which one value stands for ever. */
export function secondsOf(value: number): number {
  return value === NEVER ? Infinity : value;
}

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
