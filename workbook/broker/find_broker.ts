import {
  formatAddresses,
  namedBroker,
  parseAddresses,
} from "../../lib/client/address.ts";
import {
  type Broker,
  type BrokerOptions,
  BrokerStartError,
  BrokerUnreachableError,
  connect,
  ConnectionRefusedError,
  type ConnectOptions,
  printable,
  startBroker,
} from "../../lib/mod.ts";

/** A broker to use, and to let go of. */
export interface FoundBroker extends AsyncDisposable {
  url: string;
  /** Its clients, if it is the embedded one. */
  clients?: Broker["clients"];
}

/**
 * In seconds. A broker may answer a wrong password late, and then it is to be heard:
 * the embedded one waits for half a second from the third on.
 */
const NAMED_TIMEOUT = 10;
const LOCAL_TIMEOUT = 3;

/**
 * Finds the broker that `MQTT_URL` names. Only if it names none, the one at
 * localhost:1883; and if none answers there, starts the embedded one, and says so.
 *
 * For programs that log in by themselves, one that is named is tried with the first
 * of their users, and may refuse it. The one that is started has all of them.
 *
 * The variable `WORKBOOK_LOCAL_BROKER` is for tests: where to look in place of
 * localhost:1883, which is the same for all that runs on a machine.
 *
 * @param options.users The users of a lesson whose programs log in.
 * @param options.log Is given the embedded broker's log.
 * @throws {ConnectionRefusedError} If the broker answers and refuses who isn't one of
 *   `users`.
 * @throws {BrokerUnreachableError} If the one that is named can't be reached.
 */
export async function findBroker(
  { users, log }: Pick<BrokerOptions, "users" | "log"> = {},
): Promise<FoundBroker> {
  const named = namedBroker();
  if (named !== undefined) {
    const [user] = Object.entries(users ?? {});
    const login = user && { username: user[0], password: user[1] };
    const options = { timeout: NAMED_TIMEOUT, log: () => {}, ...login };
    try {
      return await probe(named, options);
    } catch (error) {
      // The programs say so themselves.
      const isAnswer = user && error instanceof ConnectionRefusedError;
      if (isAnswer) return foundAt(named);
      throw error;
    }
  }
  if (users !== undefined) return await startBroker({ port: 0, users });
  const local = Deno.env.get("WORKBOOK_LOCAL_BROKER") ?? "localhost:1883";
  try {
    return await probe(local, { timeout: LOCAL_TIMEOUT, retry: false });
  } catch (error) {
    if (!(error instanceof BrokerUnreachableError)) throw error;
    const broker = await startOnAnyPort(log);
    console.error(
      `${whyStarted(error)}\nUsing an embedded broker at ${broker.url}`,
    );
    return broker;
  }
}

/** Where nobody listens, nothing is wrong: most have no broker of their own. */
function whyStarted({ address, cause, message }: BrokerUnreachableError) {
  const { code } = (cause ?? {}) as { code?: unknown };
  return code === "ECONNREFUSED"
    ? `No broker at ${address} yet: starting one`
    : printable(message);
}

async function probe(
  host: string,
  options: ConnectOptions,
): Promise<FoundBroker> {
  const found = foundAt(host);
  const client = await connect(found.url, options);
  await client.close();
  return found;
}

function foundAt(host: string): FoundBroker {
  const url = formatAddresses(parseAddresses(host));
  return { url, async [Symbol.asyncDispose]() {} };
}

/** Prefers the standard port, where the other tasks look for a broker. */
async function startOnAnyPort(log: BrokerOptions["log"]): Promise<FoundBroker> {
  try {
    return await startBroker({ log });
  } catch (error) {
    if (!(error instanceof BrokerStartError)) throw error;
    return await startBroker({ port: 0, log });
  }
}
