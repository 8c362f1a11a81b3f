import type { Access } from "./access/access.ts";
import type { Sessions } from "./sessions.ts";
import type { ConnectFields } from "./wire/decode.ts";
import { REASON } from "./wire/reason.ts";

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
